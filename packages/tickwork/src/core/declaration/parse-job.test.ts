import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, it } from 'vitest';
import { TickworkError } from '../base/errors.ts';
import { defaultPolicies } from '../model/policy.ts';
import { ZoneTable } from '../time/zone-table.ts';
import type { Declared } from './decide-save.ts';
import { knownDeclarations, parseJob } from './parse-job.ts';

const zones = new ZoneTable(temporalZoneData());
const NOW = Date.UTC(2026, 0, 1);

function parse(
  input: unknown,
  name = 'backup',
  more: Pick<Parameters<typeof parseJob>[2], 'known'> & { readonly now?: number } = {},
): Declared {
  return parseJob(name, input, {
    ...{ zone: 'Europe/Berlin', zones, now: NOW, policies: defaultPolicies, field: 'jobs.backup' },
    ...more,
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
    [{ every: '1s', task: 'a', tags: [''] }, 'jobs.backup.tags[0]'],
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
    expect(() => parse({ every: '1s', task: 'a' }, name)).toThrow(
      /1 to 200|space at an end|control/,
    );
  });

  it.each(['a', 'a b', '备份', 'x'.repeat(200), 'a/b:c'])('accepts the name %j', (name) => {
    expect(parse({ every: '1s', task: 'a' }, name).name).toBe(name);
  });
});

describe('declarations of a list', () => {
  const daily = () => ({ daily: '02:00', task: 'dump', input: { to: ['a'] }, tags: ['x'] });

  it('share what they say if it is the same', () => {
    const more = { known: knownDeclarations() };
    const a = parse(daily(), 'a', more);
    const b = parse(daily(), 'b', more);
    expect(b.definition).toBe(a.definition);
    expect(b).toEqual(parse(daily(), 'b'));
    expect(a).toEqual(parse(daily(), 'a'));
  });

  it.each([
    { daily: '02:01' },
    { task: 'load' },
    { input: { to: ['b'] } },
    { tags: [] },
    { status: 'disabled' },
    { timeout: '5m' },
  ])('do not share where one has %j', (change) => {
    const more = { known: knownDeclarations() };
    parse(daily(), 'a', more);
    const changed = { ...daily(), ...change };
    expect(parse(changed, 'b', more)).toEqual(parse(changed, 'b'));
  });

  it('are read anew for another instant', () => {
    const more = { known: knownDeclarations() };
    const input = { everyDays: 3, at: '01:30', task: 'dump' };
    const later = NOW + 86_400_000;
    const first = parse(input, 'a', more);
    const second = parse(input, 'b', { ...more, now: later });
    expect(second).toEqual(parse(input, 'b', { now: later }));
    expect(second.definition.trigger).not.toEqual(first.definition.trigger);
  });

  it('do not share a list that their writer may still change', () => {
    const input = daily();
    const { tags } = parse(input).definition;
    input.tags.push('y');
    expect(tags).toEqual(['x']);
  });

  it('are checked by their names, each', () => {
    const more = { known: knownDeclarations() };
    parse(daily(), 'a', more);
    expect(() => parse(daily(), ' b', more)).toThrow(/space at an end/);
  });
});

describe('the input of a job', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  it.each([
    ['a function', { f: () => {} }, 'input.f'],
    ['a symbol', [Symbol('x')], 'input[0]'],
    ['a function itself', () => {}, 'input'],
    ['a large whole number', { n: 1n }, 'input.n'],
    ['no number', { n: [Number.NaN] }, 'input.n[0]'],
    ['a circle', circle, 'input.self'],
  ])('is refused with %s, by the name of the part', (_, input, field) => {
    expect(() => parse({ every: '10s', task: 'dump', input })).toThrow(
      expect.objectContaining({ code: 'INVALID_JOB', field: `jobs.backup.${field}` }),
    );
  });
});
