import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../testing/simulated-clock.ts';
import { SimulatedTime } from '../../testing/simulated-time.ts';
import { TickworkError } from '../base/errors.ts';
import type { Heartbeat, HeartbeatRequest } from '../ports/heartbeat.ts';
import { Membership } from './membership.ts';
import { StoreClock } from './store-clock.ts';

const START = 1_000_000;

/** A membership with a lease of 15 s, over a store that answers as it is told. */
function setUp(options: { readonly heartbeat?: boolean } = {}) {
  const time = new SimulatedTime(START);
  const wall = new SimulatedClock(time);
  const clock = new StoreClock(wall);
  const log: string[] = [];
  const answers = {
    held: true,
    fails: null as string | null,
    code: 'STORE_UNAVAILABLE' as const as
      | 'STORE_UNAVAILABLE'
      | 'STORE_LOCKED'
      | 'STORE_FULL'
      | 'FENCED',
    takesMs: 0,
    joins: true,
    /** When the heartbeat renewed last; that heartbeat of the present life. */
    beatMono: Number.NEGATIVE_INFINITY,
    heartbeat: null as HeartbeatRequest | null,
  };
  const answer = async <T>(name: string, words: string, value: T): Promise<T> => {
    log.push(`${name} ${words}`);
    if (answers.takesMs > 0) {
      await new Promise<void>((resolve) => time.after(answers.takesMs, resolve));
    }
    if (answers.fails === name) throw new TickworkError(answers.code, { reason: 'test' });
    return value;
  };
  const startHeartbeat = (request: HeartbeatRequest): Heartbeat => {
    if (answers.fails === 'heartbeat') throw new Error('no threads');
    log.push(`heartbeat ${request.nodeId}`);
    answers.heartbeat = request;
    return {
      beat: () => log.push('beat'),
      renewedMsAgo: () => wall.mono() - answers.beatMono,
      stop: async () => void log.push(`no heartbeat ${request.nodeId}`),
    };
  };
  let ids = 0;
  const membership = new Membership({
    store: {
      clockSource: 'process',
      readClock: async () => wall.now(),
      joinNode: (node, at, until) =>
        answer('join', `${node.id} ${until - at}`, { first: ids === 1 }),
      renewNode: (id, until) => answer('renew', `${id} ${until - START}`, { held: answers.held }),
      ...(options.heartbeat === true ? { startHeartbeat } : {}),
      leaveNode: (id) => answer('leave', id, undefined),
    },
    clock,
    ids: { next: () => `id${++ids}` },
    node: { name: 'n', host: 'h', pid: 1, bootId: '', processStart: '', version: '0' },
    leaseMs: 15_000,
    renewEveryMs: 5_000,
    blockMsMax: 60_000,
    onDoubt: () => log.push('doubt'),
    onFenced: (id) => log.push(`fenced ${id}`),
    onJoined: async (id, first) => {
      log.push(`joined ${id} ${first}`);
      if (!answers.joins) throw new Error('the recovery failed');
    },
    onClockStep: (stepMs) => log.push(`step ${stepMs}`),
    onOutage: () => log.push('outage'),
    onHeartbeatFailed: (message) => log.push(`failed ${message}`),
  });
  const to = (ms: number): Promise<void> => time.runUntil(START + ms);
  const during = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    promise.then(
      () => (done = true),
      () => (done = true),
    );
    await time.runWhile(() => !done, START + 1_000_000);
    return await promise;
  };
  return { membership, wall, clock, log, answers, to, during };
}

describe('Membership', () => {
  it('joins, renews and leaves', async () => {
    const { membership, log, to } = setUp();
    expect(await membership.pass()).toBeNull();
    expect(membership.isUp).toBe(false);
    await membership.join();
    expect(membership.nodeId).toBe('id1');
    await to(5_000);
    expect(await membership.pass()).toBe(START + 10_000);
    expect(membership.check()).toBe(true);
    await membership.leave();
    await membership.leave();
    expect(log).toEqual(['join id1 15000', 'joined id1 true', 'renew id1 20000', 'leave id1']);
    expect(membership.check()).toBe(false);
  });

  it('knows by the monotonic clock that its lease is about to end', async () => {
    const { membership, log, to, wall } = setUp();
    await membership.join();
    wall.step(-3_600_000);
    await to(14_000);
    expect(membership.check()).toBe(true);
    await to(14_001);
    expect(membership.check()).toBe(false);
    expect(log.at(-1)).toBe('doubt');
    await to(14_800);
    membership.check();
    expect(log.at(-1)).toBe('doubt');
    await to(14_801);
    membership.check();
    expect(log.at(-1)).toBe('fenced id1');
  });

  it('goes on after a doubt that the store removes in time', async () => {
    const { membership, log, to } = setUp();
    await membership.join();
    await to(14_500);
    expect(membership.check()).toBe(false);
    await membership.pass();
    expect(membership.check()).toBe(true);
    expect(log.slice(2)).toEqual(['doubt', 'renew id1 29500']);
    expect(membership.nodeId).toBe('id1');
  });

  it('counts the lease from the moment the renewal was sent', async () => {
    const { membership, to, answers, during } = setUp();
    await membership.join();
    await to(5_000);
    answers.takesMs = 4_000;
    await during(membership.pass());
    await to(19_000);
    expect(membership.check()).toBe(true);
    await to(19_001);
    expect(membership.check()).toBe(false);
  });

  it('begins a new life when its renewal is refused', async () => {
    const { membership, log, to, answers } = setUp();
    await membership.join();
    await to(5_000);
    answers.held = false;
    await membership.pass();
    expect(membership.nodeId).toBe('id2');
    expect(membership.isUp).toBe(true);
    expect(log.slice(2)).toEqual([
      'renew id1 20000',
      'fenced id1',
      'join id2 15000',
      'joined id2 false',
    ]);
  });

  it('begins a new life by a clock that was set back while the other stood still', async () => {
    const { membership, log, to, clock, wall } = setUp();
    await membership.join();
    await to(60_000);
    wall.step(-30_000);
    // Awake again, it looks at the time before it has asked for it.
    expect(clock.now()).toBe(START + 60_000);
    expect(membership.check()).toBe(false);
    membership.fence();
    await membership.pass();
    expect(membership.nodeId).toBe('id2');
    expect(clock.now()).toBe(START + 30_000);
    expect(log.slice(-3)).toEqual(['step -30000', 'join id2 15000', 'joined id2 false']);
  });

  it('bears a failing store as long as its lease holds', async () => {
    const { membership, log, to, answers } = setUp();
    await membership.join();
    answers.fails = 'renew';
    await to(13_000);
    await expect(membership.pass()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(membership.check()).toBe(true);
    await to(14_500);
    await expect(membership.pass()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(log.at(-1)).toBe('fenced id1');
    answers.fails = null;
    await membership.pass();
    expect(membership.nodeId).toBe('id2');
  });

  it.each(['STORE_LOCKED', 'STORE_FULL'] as const)(
    'gives nothing up while the store says %s, and starts nothing',
    async (code) => {
      const { membership, log, to, answers } = setUp();
      await membership.join();
      Object.assign(answers, { fails: 'renew', code });
      for (let ms = 10_000; ms <= 60_000; ms += 5_000) {
        await to(ms);
        await expect(membership.pass()).rejects.toMatchObject({ code });
        expect(membership.check()).toBe(ms < 14_000);
      }
      expect(membership.checkInMs()).toBe(15_000);
      answers.fails = null;
      await to(63_000);
      await membership.pass();
      expect(membership.check()).toBe(true);
      expect(membership.nodeId).toBe('id1');
      expect(log).not.toContain('fenced id1');
    },
  );

  it('gives up when a locked store has said nothing for a lease', async () => {
    const { membership, log, to, answers } = setUp();
    await membership.join();
    Object.assign(answers, { fails: 'renew', code: 'STORE_LOCKED' });
    await to(10_000);
    await expect(membership.pass()).rejects.toThrow();
    for (const ms of [20_000, 24_999]) {
      await to(ms);
      membership.check();
    }
    expect(log).not.toContain('fenced id1');
    await to(25_000);
    membership.check();
    expect(log.at(-1)).toBe('fenced id1');
  });

  it('gives up at once when a store that was locked refuses it', async () => {
    const { membership, log, to, answers } = setUp();
    await membership.join();
    Object.assign(answers, { fails: 'renew', code: 'STORE_LOCKED' });
    await to(20_000);
    await expect(membership.pass()).rejects.toThrow();
    Object.assign(answers, { fails: null, held: false });
    await membership.pass();
    expect(log).toContain('fenced id1');
    expect(membership.nodeId).toBe('id2');
  });

  it('tells of each failed renewal, of the next success, and of a slow one', async () => {
    const { membership, log, to, answers, during } = setUp();
    await membership.join();
    const outages = (): number => log.filter((line) => line === 'outage').length;
    await membership.pass();
    expect(outages()).toBe(0);
    answers.fails = 'renew';
    await expect(membership.pass()).rejects.toThrow();
    expect(outages()).toBe(1);
    answers.fails = null;
    await membership.pass();
    await membership.pass();
    expect(outages()).toBe(2);
    answers.takesMs = 5_001;
    await during(membership.pass());
    expect(outages()).toBe(3);
    answers.takesMs = 5_000;
    await during(membership.pass());
    expect(outages()).toBe(3);
    await to(30_000);
  });

  it('tells once that it is fenced', async () => {
    const { membership, log } = setUp();
    await membership.join();
    membership.fence();
    membership.fence();
    expect(log.filter((line) => line.startsWith('fenced'))).toHaveLength(1);
  });

  it('repeats a join that had no answer under the same id', async () => {
    const { membership, log, answers } = setUp();
    answers.fails = 'join';
    await expect(membership.join()).rejects.toThrow();
    answers.fails = null;
    await membership.join();
    expect(log).toEqual(['join id1 15000', 'join id1 15000', 'joined id1 true']);
  });

  it('takes another id when the one of a lost join was declared dead', async () => {
    const { membership, answers } = setUp();
    answers.fails = 'join';
    answers.code = 'FENCED';
    await expect(membership.join()).rejects.toThrow();
    answers.fails = null;
    await membership.join();
    expect(membership.nodeId).toBe('id2');
  });

  it('tells of a join again until that has succeeded', async () => {
    const { membership, log, answers } = setUp();
    answers.joins = false;
    await expect(membership.join()).rejects.toThrow('the recovery failed');
    await expect(membership.pass()).rejects.toThrow('the recovery failed');
    answers.joins = true;
    await membership.pass();
    await membership.pass();
    expect(log.filter((line) => line.startsWith('joined'))).toEqual(
      Array(3).fill('joined id1 true'),
    );
    expect(log.filter((line) => line.startsWith('join '))).toHaveLength(1);
  });

  it('renews for the new time before it takes a set clock over', async () => {
    const { membership, log, to, wall } = setUp();
    await membership.join();
    await membership.pass();
    await to(1_000);
    wall.step(3_600_000);
    await membership.pass();
    expect(log.slice(-2)).toEqual([`renew id1 ${3_600_000 + 1_000 + 15_000}`, 'step 3600000']);
    expect(membership.check()).toBe(true);
  });

  it('begins a heartbeat with each life and ends it with that life', async () => {
    const { membership, log, to, answers } = setUp({ heartbeat: true });
    await membership.join();
    await to(5_000);
    await membership.pass();
    answers.held = false;
    await to(10_000);
    await membership.pass();
    await membership.leave();
    expect(log).toEqual([
      ...['join id1 15000', 'heartbeat id1', 'joined id1 true'],
      ...['renew id1 20000', 'beat'],
      ...['renew id1 25000', 'no heartbeat id1', 'fenced id1'],
      ...['join id2 15000', 'heartbeat id2', 'joined id2 false'],
      ...['no heartbeat id2', 'leave id2'],
    ]);
  });

  it('counts what the heartbeat has renewed as its own', async () => {
    const { membership, log, to, answers, wall } = setUp({ heartbeat: true });
    await membership.join();
    await to(40_000);
    answers.beatMono = wall.mono() - 3_000;
    expect(membership.check()).toBe(true);
    expect(membership.checkInMs()).toBe(11_000);
    await to(51_000);
    expect(membership.check()).toBe(true);
    await to(51_001);
    expect(membership.check()).toBe(false);
    answers.beatMono = wall.mono();
    expect(membership.check()).toBe(true);
    expect(log.filter((line) => line === 'doubt')).toHaveLength(1);
  });

  it('is fenced by a heartbeat that is refused, but not by one of a former life', async () => {
    const { membership, answers } = setUp({ heartbeat: true });
    await membership.join();
    const former = answers.heartbeat;
    former?.onRefused();
    expect(membership.isUp).toBe(false);
    await membership.pass();
    expect(membership.nodeId).toBe('id2');
    former?.onRefused();
    expect(membership.isUp).toBe(true);
    answers.heartbeat?.onRefused();
    expect(membership.isUp).toBe(false);
  });

  it('lives without a heartbeat that cannot begin', async () => {
    const { membership, log, answers } = setUp({ heartbeat: true });
    answers.fails = 'heartbeat';
    await membership.join();
    expect(membership.check()).toBe(true);
    expect(log).toEqual(['join id1 15000', 'failed no threads', 'joined id1 true']);
    await membership.leave();
  });

  it('lives on without a heartbeat that fails', async () => {
    const { membership, log, to, answers } = setUp({ heartbeat: true });
    await membership.join();
    answers.heartbeat?.onFailed('out of memory');
    expect(log.at(-1)).toBe('failed out of memory');
    await to(5_000);
    await membership.pass();
    expect(membership.check()).toBe(true);
  });
});
