import type { Instant } from '../time/instant.ts';
import { instantText } from '../trigger/words/instant-words.ts';

/**
 * `gap`: instants without any row. `double`: instants with more than one fate. `outside`:
 * rows for instants that the plan does not have. `revision`: rows under another revision than
 * the one in force. `count`: a skipped stretch that counts wrongly. `broken`: the plan cannot
 * be computed any more, such as when a calendar is gone.
 */
export type AuditKind = 'gap' | 'double' | 'outside' | 'revision' | 'count' | 'broken';

export interface AuditFinding {
  readonly kind: AuditKind;
  /** First and last instant it is about, both inclusive. */
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** How many instants it is about. */
  readonly instantCount: number;
  /** The rows it is about, the first ten. */
  readonly runIds: readonly string[];
  /** One English sentence. */
  readonly message: string;
}

const RUN_IDS_MAX = 10;
/** Of one job; what lies beyond is only counted. */
const FINDINGS_MAX = 1000;

interface Open {
  readonly kind: AuditKind;
  readonly fromAt: Instant;
  toAt: Instant;
  instantCount: number;
  runIds: string[];
  readonly detail: string;
}

/** Gathers what is found at single instants; neighbours of one kind become one finding. */
export class Findings {
  readonly #done: AuditFinding[] = [];
  #open: Open | null = null;
  #droppedCount = 0;

  add(kind: AuditKind, at: Instant, runIds: readonly string[] = [], detail = ''): void {
    if (this.#open?.kind === kind && this.#open.detail === detail) {
      this.#open.toAt = at;
      this.#open.instantCount += 1;
      this.#open.runIds = [...this.#open.runIds, ...runIds].slice(0, RUN_IDS_MAX);
      return;
    }
    this.interrupt();
    this.#open = { kind, fromAt: at, toAt: at, instantCount: 1, runIds: [...runIds], detail };
  }

  /** Something that is right lies between: the next finding is another one. */
  interrupt(): void {
    if (this.#open === null) return;
    const { detail, ...open } = this.#open;
    this.#open = null;
    if (this.#done.length === FINDINGS_MAX) this.#droppedCount += 1;
    else this.#done.push({ ...open, message: sentence(open, detail) });
  }

  end(): { readonly findings: readonly AuditFinding[]; readonly droppedCount: number } {
    this.interrupt();
    return { findings: this.#done, droppedCount: this.#droppedCount };
  }
}

function sentence(found: Omit<Open, 'detail'>, detail: string): string {
  const { fromAt, toAt, instantCount: count } = found;
  const one = count === 1;
  const when = one ? instantText(fromAt) : `${instantText(fromAt)} to ${instantText(toAt)}`;
  const instants = one ? `The instant ${when}` : `${count} instants from ${when}`;
  switch (found.kind) {
    case 'gap':
      return `${instants} ${one ? 'has' : 'have'} neither a run nor a reason.`;
    case 'double':
      return `${instants} ${one ? 'has' : 'have'} more than one fate.`;
    case 'outside':
      return `${instants} ${one ? 'has a run' : 'have runs'}, but the plan has none there.`;
    case 'revision':
      return `${instants} ${one ? 'was' : 'were'} planned under ${detail}.`;
    case 'count':
      return `The skipped stretch ${when} ${detail}.`;
    case 'broken':
      return `The plan cannot be computed: ${detail}`;
    default:
      return found.kind satisfies never;
  }
}
