import { compiled } from '@tickwork/verify/engine/compiled.ts';
import { definition, storedJob, type TestDefinition } from '@tickwork/verify/engine/stored-job.ts';
import { describe, expect, it } from 'vitest';
import type { Job } from '../model/job.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { JobWrite } from '../ports/job-store.ts';
import { type Declared, decideSave, same } from './decide-save.ts';
import {
  DISABLED_AS_ABSENT,
  DISABLED_BY_DECLARATION,
  type StandingPause,
} from './standing-pause.ts';

const NOW = 10_500;
const SECOND: TriggerSpec = { kind: 'interval', everyMs: 1_000 };
const code = { kind: 'code', id: '' } as const;

function declared(given: TestDefinition = {}, fields: Partial<Declared> = {}): Declared {
  return {
    name: 'job',
    definition: definition({ trigger: SECOND, ...given }),
    ...{ status: 'active', source: code, declaredAt: NOW, eventDriven: false, rearmAfterMs: null },
    ...fields,
  };
}

function save(
  existing: Job | null,
  wanted: Declared,
  standingPause: StandingPause | null = null,
): JobWrite | null {
  const trigger = compiled(wanted.definition.trigger);
  return decideSave(wanted, { existing, standingPause, trigger, zoneVersion: 'z2', now: NOW });
}

const stored = (given: TestDefinition = {}, fields: Partial<Job> = {}): Job =>
  storedJob({ trigger: SECOND, ...given }, { cursorAt: 12_000, nextFireAt: 13_000, ...fields });

describe('decideSave of a new job', () => {
  it('counts from now', () => {
    expect(save(null, declared())).toMatchObject({
      expected: null,
      status: 'active',
      effectiveAt: NOW,
      position: {
        cursorAt: NOW,
        nextFireAt: NOW + 1_000,
        zoneVersion: 'z2',
        memory: { anchorAt: NOW, previousAt: null, fireCount: 0 },
      },
      supersede: null,
      at: NOW,
    });
  });

  it('has no next instant where it is declared disabled', () => {
    const write = save(null, declared({}, { status: 'disabled' }));
    expect(write).toMatchObject({ status: 'disabled', statusReason: DISABLED_BY_DECLARATION });
    expect(write?.position.nextFireAt).toBeNull();
  });

  it.each([
    ['to come', 20_000, 20_000],
    ['of just now', NOW - 500, NOW - 500],
  ])('still fires a one-off instant %s', (_, at, nextFireAt) => {
    expect(save(null, declared({ trigger: { kind: 'once', at } }))?.position).toMatchObject({
      nextFireAt,
    });
  });
});

describe('decideSave of a stored job', () => {
  it('writes nothing for what is the same, whatever the order of keys', () => {
    const reordered = JSON.parse(JSON.stringify(definition({ trigger: SECOND })));
    const turned = Object.fromEntries(Object.entries(reordered).reverse());
    expect(save(stored(), declared())).toBeNull();
    expect(save(stored(), declared(turned as TestDefinition))).toBeNull();
  });

  it('begins a new trigger after what is planned', () => {
    const write = save(stored(), declared({ trigger: { kind: 'interval', everyMs: 5_000 } }));
    expect(write).toMatchObject({
      expected: { jobId: 1, revision: 1, cursorAt: 12_000 },
      effectiveAt: 12_000,
      position: {
        cursorAt: 12_000,
        nextFireAt: 17_000,
        memory: { anchorAt: 12_000, fireCount: 0 },
      },
    });
  });

  it('keeps grid and counts while the trigger stays', () => {
    const memory = { anchorAt: 400, previousAt: 11_400, endedAt: 9, fireCount: 11, members: {} };
    const write = save(stored({}, { memory }), declared({ description: 'new' }));
    expect(write?.position).toMatchObject({ memory, cursorAt: 12_000, nextFireAt: 12_400 });
  });

  it('never moves the cursor back, and passes what was not in force', () => {
    const behind = stored(
      {},
      { cursorAt: 3_000, status: 'disabled', statusReason: DISABLED_AS_ABSENT },
    );
    expect(save(behind, declared())?.position).toMatchObject({ cursorAt: NOW, nextFireAt: 11_000 });
  });

  const by = { statusReason: 'by hand' };
  it.each([
    ['active', {}, 'active', 'active', null],
    ['active', {}, 'disabled', 'disabled', DISABLED_BY_DECLARATION],
    ['paused', by, 'active', 'paused', 'by hand'],
    ['paused', by, 'disabled', 'disabled', DISABLED_BY_DECLARATION],
    ['disabled', by, 'active', 'disabled', 'by hand'],
    ['disabled', by, 'disabled', 'disabled', 'by hand'],
    ['disabled', { statusReason: DISABLED_AS_ABSENT }, 'active', 'active', null],
    ['disabled', { statusReason: DISABLED_BY_DECLARATION }, 'active', 'active', null],
  ] as const)('%s %j declared %s becomes %s (%s)', (status, fields, wanted, becomes, reason) => {
    const write = save(
      stored({}, { status, ...fields }),
      declared({ tags: ['x'] }, { status: wanted }),
    );
    expect(write).toMatchObject({ status: becomes, statusReason: reason });
    const leaves = becomes === 'disabled' && status !== 'disabled';
    expect(write?.supersede).toEqual(leaves ? { reason: 'superseded' } : null);
    expect(write?.position.nextFireAt === null).toBe(becomes === 'disabled');
  });

  it('keeps the end of a pause', () => {
    const job = stored({}, { status: 'paused', statusReason: 'x', pausedUntilAt: 90_000 });
    expect(save(job, declared({ tags: ['x'] }))).toMatchObject({ pausedUntilAt: 90_000 });
  });

  it.each([DISABLED_AS_ABSENT, DISABLED_BY_DECLARATION])('returns to its pause after %s', (why) => {
    const off = stored({}, { status: 'disabled', statusReason: why, nextFireAt: null });
    const pause = { reason: 'disk full', pausedUntilAt: 90_000 };
    expect(save(off, declared(), pause)).toMatchObject({
      ...{ status: 'paused', statusReason: 'disk full', pausedUntilAt: 90_000 },
      position: { nextFireAt: 13_000 },
    });
    const still = save(off, declared({ tags: ['x'] }, { status: 'disabled' }), pause);
    expect(still).toMatchObject({ status: 'disabled', pausedUntilAt: null });
  });

  it('counts a delay anew when the job is in force again', () => {
    const trigger: TriggerSpec = { kind: 'fixed-delay', delayMs: 300 };
    const memory = { anchorAt: 0, previousAt: 5_000, endedAt: 6_000, fireCount: 3, members: {} };
    const fields = { status: 'disabled', statusReason: DISABLED_AS_ABSENT, memory } as const;
    const job = stored({ trigger }, { ...fields, cursorAt: 5_000, nextFireAt: null });
    expect(save(job, declared({ trigger }))?.position.memory).toMatchObject({ anchorAt: NOW });
  });

  it.each([
    [{ kind: 'file', id: '/a.yaml' }, 'the file /a.yaml'],
    [{ kind: 'api', id: '' }, 'api'],
  ] as const)('refuses a job of %j', (source, words) => {
    expect(() => save(stored({}, { source }), declared())).toThrow(
      expect.objectContaining({ code: 'CONFLICT', reason: `belongs to ${words}.` }),
    );
  });
});

describe('same', () => {
  it.each([
    [1, 1, true],
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [{ a: undefined }, { b: undefined }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [null, {}, false],
    ['1', 1, false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(same(a, b)).toBe(expected);
    expect(same(b, a)).toBe(expected);
  });
});
