import { outlookOf, type Standing } from '../planner/outlook.ts';
import type { Instant } from '../time/instant.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { type ExplainStep, step, type Verdict } from './explanation.ts';

/** What will become of an instant to come, in words. */
export function explainOutlook(
  standing: Standing,
  isExcluded: boolean,
  at: Instant,
): { readonly verdict: Verdict; readonly steps: readonly ExplainStep[] } {
  const { mark, reason, untilAt } = outlookOf(standing, isExcluded, at);
  const why = reason === null ? '' : ` (${reason})`;
  const facts = { mark, reason, untilAt };
  const skipped = (words: string) =>
    ({ verdict: 'will-skip', steps: [step(mark, words, facts)] }) as const;
  switch (mark) {
    case 'will-run': {
      const ends = standing.status === 'paused' ? standing.pausedUntilAt : null;
      const first = ends === null ? '' : `The pause ends at ${instantText(ends)}. `;
      return {
        verdict: 'ahead',
        steps: [step('ahead', `${first}It lies ahead and will run.`, facts)],
      };
    }
    case 'skip-window': {
      const end = instantText(untilAt ?? at);
      return skipped(`It will be skipped: a skip window${why} holds until ${end}.`);
    }
    case 'paused':
      return skipped(
        untilAt === null
          ? `If the job is still paused${why} then, it will be skipped.`
          : `It will be skipped: the job is paused${why} until ${instantText(untilAt)}.`,
      );
    case 'disabled':
      return skipped(`The job is disabled${why}: it will neither run nor leave a row.`);
    case 'backoff': {
      const end = instantText((untilAt ?? at) + 1);
      return skipped(`It will be skipped: after a failure the job waits until ${end}.`);
    }
    case 'calendar':
      return skipped(
        'It will be skipped: a clock change moves it into hours that the calendar excludes.',
      );
    default:
      return mark satisfies never;
  }
}
