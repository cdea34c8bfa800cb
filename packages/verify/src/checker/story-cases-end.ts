import type { RunDump } from '../history/history.ts';
import { LIFTS_SKIPS } from './paused-by.ts';
import { goodAttempt, minute, type Story } from './story.ts';
import { type StoryCase, table, wrong } from './story-case.ts';

/** The end of instant 9 lets 10 begin so late that no task of it is seen before the watch ends. */
function begunLast(s: Story, grantedMs: number, row: Partial<RunDump> = {}): void {
  s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 10 } };
  const grantAt = s.endAt - grantedMs;
  s.run(9, { attempts: [goodAttempt(minute(9), { endAt: grantAt - 100 })] });
  const runId = `1-${minute(10).toString(36)}`;
  s.at(grantAt, { src: 'sut', type: 'grant', inc: 'a1', runId, attempt: 1, token: 1 });
  const running = { state: 'RUNNING', nodeId: 'a1', attempt: 1, fence: 1 } as const;
  const times = { startedAt: grantAt, endedAt: null };
  s.run(10, { attempts: [], row: { ...running, ...times, ...row } });
}

/** The node of instant 10 dies before the task starts; its next attempt waits for room. */
function lostThenLimited(s: Story, row: Partial<RunDump>): void {
  s.policies = { ...s.policies, concurrency: { key: null, max: 1 } };
  const runId = `1-${minute(10).toString(36)}`;
  s.at(minute(10, 1), { src: 'sut', type: 'grant', inc: 'a1', runId, attempt: 1, token: 1 });
  s.fault('crash', 'a1', minute(10, 2), minute(10, 3000));
  const waits = { state: 'RETRY', attempt: 1, fence: 1, limitKey: 'job:j', endedAt: null } as const;
  const startedAt = minute(10, 1);
  const dueAt = minute(10, 40_000);
  s.run(10, { attempts: [], row: { ...waits, startedAt, dueAt, ...row } });
}

/** What is under way when the watch ends. */
export const underWay: readonly StoryCase[] = [
  ...table(
    'a run waits to start; a call of its node hangs to the end, from so many ms after its instant',
    [
      [2, 'legal'],
      [900, 'legal'],
      [1_100, 'stuck'],
    ],
    (s, ms) => {
      s.limits = { ...s.limits, settleMs: 120_000 };
      s.fault('stall', 'a', minute(10, ms), null);
      s.run(10, { attempts: [], row: { state: 'PENDING', nodeId: 'a1', endedAt: null } });
    },
  ),
  ...table(
    'a run whose turn comes at the end is unseen, granted so many ms before it',
    [
      [1000, 'legal'],
      [1001, 'missed'],
    ],
    begunLast,
  ),
  wrong('missed', 'a run granted at the end, a former attempt of which failed unseen', (s) =>
    begunLast(s, 5, { attempt: 2, failedCount: 1 }),
  ),
  wrong('missed', 'a run that is live at the end by another grant than the one seen', (s) =>
    begunLast(s, 5, { attempt: 2, fence: 2 }),
  ),
  wrong('missed', 'a run granted at the end that is said to have succeeded unseen', (s) =>
    begunLast(s, 5, { state: 'SUCCESS', endedAt: s.endAt }),
  ),
  ...table<Partial<RunDump>>(
    'a run was lost before its task began, and waits again',
    [
      [{ reason: 'node-lost', lostCount: 1 }, 'legal'],
      [{ reason: 'concurrency', lostCount: 1 }, 'legal'],
      [{ reason: 'concurrency', lostCount: 1, failedCount: 1 }, 'missed'],
      [{ reason: 'concurrency', failedCount: 1 }, 'missed'],
      [{ reason: 'concurrency' }, 'missed'],
      [{ reason: 'rate', lostCount: 1, limitKey: null }, 'legal'],
      [{ reason: 'rate', failedCount: 1, limitKey: null }, 'missed'],
      [{ reason: 'error', lostCount: 1, failedCount: 1, limitKey: null }, 'missed'],
    ],
    lostThenLimited,
  ),
  wrong('unjustified-skip', 'instants passed over that were taken back', (s) => {
    s.skipRange(8, 9, 'paused', minute(8));
    s.op('skip', minute(3), minute(3, 20), { rest: { fromAt: minute(8), toAt: minute(9) } });
    const lifted = { definition: s.definition(), revision: 1, how: LIFTS_SKIPS };
    s.op('resume', minute(4), minute(4, 20), lifted);
  }),
];
