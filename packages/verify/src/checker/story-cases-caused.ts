import { minute } from './story.ts';
import { type StoryCase, table } from './story-case.ts';

/** A run that another job has caused, after the job was disabled or just before. */
export const causedWhileOff: readonly StoryCase[] = [
  ...table<['disable' | 'update' | null, resumed: boolean]>(
    'a caused run waits 26 s for room and is superseded, the job was changed before, and resumed',
    [
      [['disable', false], 'legal'],
      [['disable', true], 'unjustified-skip'],
      [['update', false], 'unjustified-skip'],
      [[null, false], 'unjustified-skip'],
    ],
    (s, [f, resumed]) => {
      s.trigger = { kind: 'after', jobs: ['other'], on: 'success' };
      s.drop(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).nextFireAt = null;
      if (f !== null) {
        const change = f === 'update' ? { definition: s.definition() } : {};
        s.op(f, minute(5, -2600), minute(5, -2500), change);
      }
      if (f === 'update') s.revision = 2;
      if (f === 'disable' && !resumed) s.status = 'disabled';
      if (resumed) s.op('resume', minute(5, 5000), minute(5, 5100));
      const settled = { state: 'SKIPPED', reason: 'superseded', attempt: 0 } as const;
      const times = { dueAt: minute(5, 24_000), endedAt: minute(5, 24_000), startedAt: null };
      const row = { ...settled, ...times };
      s.other({ fireAt: minute(5), runId: '1-a-7-x', origin: 'after', attempts: [], row });
    },
  ),
];
