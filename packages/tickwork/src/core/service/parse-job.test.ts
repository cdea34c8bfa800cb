import { describe, expect, it } from 'vitest';
import { temporalZoneData } from '../../testing/temporal-zone-data.ts';
import { TickworkError } from '../model/errors.ts';
import { defaultPolicies } from '../model/policy.ts';
import { ZoneTable } from '../time/zone-table.ts';
import type { Declared } from './decide-save.ts';
import { parseJob } from './parse-job.ts';
import { jsonOf } from './parse-task.ts';

const zones = new ZoneTable(temporalZoneData());
const NOW = Date.UTC(2026, 0, 1);

function parse(input: unknown, name = 'backup'): Declared {
  return parseJob(name, input, {
    ...{ zone: 'Europe/Berlin', zones, now: NOW, policies: defaultPolicies, field: 'jobs.backup' },
    source: { kind: 'file', id: '/etc/jobs.yaml' },
    checkTask: ({ name: task }, field) => {
      if (task === 'forbidden') throw new TickworkError('INVALID_JOB', { field, reason: 'no.' });
    },
  });
}

describe('parseJob', () => {
  it('completes a job with every default', () => {
    expect(parse({ every: '10s', task: 'dump' })).toMatchObject({
      name: 'backup',
      status: 'active',
      source: { kind: 'file', id: '/etc/jobs.yaml' },
      eventDriven: false,
      rearmAfterMs: null,
      definition: {
        task: { kind: 'function', name: 'dump', options: {} },
        input: null,
        tags: [],
        description: '',
        policies: defaultPolicies,
        trigger: { kind: 'interval', everyMs: 10_000 },
      },
    });
  });

  it('gives times of day the zone of the configuration', () => {
    const { trigger } = parse({ daily: '02:00', task: 'dump' }).definition;
    expect(trigger).toMatchObject({ zone: 'Europe/Berlin' });
  });

  it.each([
    [{ script: 'a.sh' }, { kind: 'script', name: '', options: { path: 'a.sh' } }],
    [
      { script: { path: 'a.sh', args: ['-v'] } },
      { kind: 'script', name: '', options: { path: 'a.sh', args: ['-v'] } },
    ],
    [
      { task: { script: 'a.sh', args: [] } },
      { kind: 'script', name: '', options: { path: 'a.sh', args: [] } },
    ],
    [
      { task: { kind: 'http', name: 'x', url: 'u' } },
      { kind: 'http', name: 'x', options: { url: 'u' } },
    ],
  ])('reads the task of %j', (task, expected) => {
    expect(parse({ every: '1s', ...task }).definition.task).toEqual(expected);
  });

  it.each([
    [{ after: 'x', task: 't' }, true, null],
    [{ startup: true, task: 't' }, true, null],
    [{ every: '3s', from: 'end', task: 't' }, false, 3_000],
    [
      {
        trigger: [
          { every: '9s', from: 'end' },
          { every: '3s', from: 'end' },
        ],
        task: 't',
      },
      false,
      3_000,
    ],
    [{ trigger: [{ every: '9s', from: 'end' }, { after: 'x' }], task: 't' }, true, 9_000],
    [{ manual: true, task: 't' }, false, null],
  ])('tells the store what %j needs', (input, eventDriven, rearmAfterMs) => {
    expect(parse(input)).toMatchObject({ eventDriven, rearmAfterMs });
  });

  it.each([
    [null, 'jobs.backup'],
    [[], 'jobs.backup'],
    ['* * * * *', 'jobs.backup'],
    [{ every: '1s' }, 'jobs.backup.task'],
    [{ every: '1s', task: '' }, 'jobs.backup.task'],
    [{ every: '1s', task: 5 }, 'jobs.backup.task'],
    [{ every: '1s', task: { name: 'x' } }, 'jobs.backup.task'],
    [{ every: '1s', task: 'a', script: 'b' }, 'jobs.backup'],
    [{ every: '1s', script: 7 }, 'jobs.backup.script'],
    [{ every: '1s', task: 'forbidden' }, 'jobs.backup.task'],
    [{ trigger: { every: '1s' }, every: '2s', task: 'a' }, 'jobs.backup'],
    [{ every: '1s', task: 'a', tags: 'x' }, 'jobs.backup.tags'],
    [{ every: '1s', task: 'a', tags: [''] }, 'jobs.backup.tags'],
    [{ every: '1s', task: 'a', tags: Array(51).fill('x') }, 'jobs.backup.tags'],
    [{ every: '1s', task: 'a', description: 5 }, 'jobs.backup.description'],
    [{ every: '1s', task: 'a', status: 'paused' }, 'jobs.backup.status'],
    [{ every: '1s', task: 'a', input: 'x'.repeat(262_145) }, 'jobs.backup.input'],
  ])('refuses %j and names %s', (input, field) => {
    expect(() => parse(input)).toThrow(expect.objectContaining({ field, code: 'INVALID_JOB' }));
  });

  it.each([
    { task: 'a' },
    { task: 'a', evry: '1s' },
    { every: '1s', cron: '* * * * *', task: 'a' },
  ])('refuses the trigger of %j', (input) => {
    expect(() => parse(input)).toThrow(expect.objectContaining({ code: 'INVALID_TRIGGER' }));
  });

  it.each(['', ' a', 'a ', 'a\nb', 'a\u0000', 'x'.repeat(201)])('refuses the name %j', (name) => {
    expect(() => parse({ every: '1s', task: 'a' }, name)).toThrow(/must have 1 to 200/);
  });

  it.each(['a', 'a b', '备份', 'x'.repeat(200), 'a/b:c'])('accepts the name %j', (name) => {
    expect(parse({ every: '1s', task: 'a' }, name).name).toBe(name);
  });
});

describe('jsonOf', () => {
  it.each([
    [undefined, null],
    [{ a: undefined, b: 1 }, { b: 1 }],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [
      [1, 'x', null, true],
      [1, 'x', null, true],
    ],
  ])('keeps %j as JSON keeps it', (value, expected) => {
    expect(jsonOf(value, 'input')).toEqual(expected);
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    ['a function', { f: () => {} }, 'input.f'],
    ['a symbol', [Symbol('x')], 'input.0'],
    ['a function itself', () => {}, 'input'],
    ['a large whole number', { n: 1n }, 'input.n'],
    ['a circle', circle, 'input'],
  ])('refuses %s', (_, value, field) => {
    expect(() => jsonOf(value, 'input')).toThrow(expect.objectContaining({ field }));
  });
});
