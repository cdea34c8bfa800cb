import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tickwork } from './testing/run-command.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-apply-'));
  path = join(directory, 'tickwork.yaml');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(jobs: string): void {
  const store = join(directory, 'store.db');
  writeFileSync(path, `store: ${store}\ntimezone: UTC\njobs:\n${jobs}\n`);
}

describe('plan and apply', () => {
  it('show the difference, make it, and then there is none', async () => {
    write("  a: { daily: '06:00', task: work }\n  b: { every: 1h, task: work }");
    const planned = await tickwork('plan', path);
    expect(planned.status).toBe(0);
    expect(planned.stdout).toMatch(/^\+ a: added\n {4}\+ 30 instants: \S+ 06:00:00/mu);
    expect(planned.stderr).toContain('2 to add, 0 to change, 0 to disable, 0 as they are');
    const applied = await tickwork('apply', path, '--yes', '--json');
    expect(applied.answer.applied).toMatchObject({ added: ['a', 'b'] });
    expect((await tickwork('plan', path)).stdout).toBe('');
    write("  a: { daily: '07:00', task: work }");
    const { answer } = await tickwork('plan', path, '--json', '--days', '10');
    expect(answer.jobs).toMatchObject([
      { jobName: 'a', change: 'changed', fields: ['trigger'], addedCount: 10, removedCount: 10 },
      { jobName: 'b', change: 'disabled', removedCount: 240 },
    ]);
    expect(answer.jobs[0].addedAt[0]).toMatch(/T07:00:00\.000Z$/u);
    expect((await tickwork('apply', path, '-y')).status).toBe(0);
    const list = await tickwork('jobs', 'ls', '--file', path, '--json');
    expect(list.answer.jobs.map((job: { status: string }) => job.status)).toEqual([
      'active',
      'disabled',
    ]);
  });

  it('change nothing where anything is wrong, or nobody agreed', async () => {
    write('  a: { every: 1h, task: work }');
    expect((await tickwork('apply', path)).status).toBe(2);
    expect((await tickwork('plan', path, '--days', '0')).status).toBe(2);
    write("  a: { every: 1h, task: work }\n  b: { cron: '61 * * * *', task: work }");
    const wrong = await tickwork('apply', path, '--yes');
    expect(wrong.status).toBe(78);
    expect(wrong.stderr).toContain('tickwork.yaml:5:');
    // There is no store yet.
    expect((await tickwork('jobs', 'ls', '--file', path)).status).toBe(69);
    expect((await tickwork('plan', join(directory, 'none.yaml'))).status).toBe(78);
  });
});

describe('jobs revisions and rollback', () => {
  it('list definitions and take one back', async () => {
    write("  a: { daily: '06:00', task: work }");
    await tickwork('apply', path, '--yes');
    write("  a: { daily: '07:00', task: work, retry: 0 }");
    await tickwork('apply', path, '--yes');
    const rolled = await tickwork('jobs', 'rollback', 'a', '--to', '1', '--file', path);
    expect(rolled.stdout).toBe('a is revision 1 again, as revision 3\n');
    expect(rolled.stderr).toContain('tickwork.yaml says otherwise');
    const { answer } = await tickwork('jobs', 'revisions', 'a', '--file', path, '--json');
    expect(answer.revisions).toHaveLength(3);
    expect(answer.revisions[2]).toMatchObject({
      isCurrent: true,
      fields: ['trigger', 'policies.retry'],
      definition: { trigger: { times: ['06:00'] } },
    });
  });

  it.each([
    [['a'], 2],
    [['a', '--to', '9'], 2],
    [['a', '--to', 'one'], 2],
    [['none', '--to', '1'], 4],
  ])('rollback %j ends with %i', async (argv, status) => {
    write("  a: { daily: '06:00', task: work }");
    await tickwork('apply', path, '--yes');
    expect((await tickwork('jobs', 'rollback', ...argv, '--file', path)).status).toBe(status);
  });
});
