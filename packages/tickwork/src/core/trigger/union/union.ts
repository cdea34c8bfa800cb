import type { TriggerMemory } from '../../model/trigger-memory.ts';
import type { UnionSpec } from '../../model/trigger-spec.ts';
import type { Instant } from '../../time/instant.ts';
import type { CompileKind, MemberTrigger } from '../kind.ts';
import type { Locale, Trigger } from '../trigger.ts';
import { joinChinese } from '../words/list-words.ts';

/**
 * The union of its members: at each step the earliest of their next instants;
 * equal ones count once. A member that draws random lengths counts from its own
 * last instant, which the memory keeps under the member's index.
 */
class UnionTrigger implements MemberTrigger {
  readonly kind = 'any';
  declare readonly excludes?: NonNullable<Trigger['excludes']>;
  readonly #members: readonly Trigger[];
  readonly #randomMembers: readonly number[];

  constructor(spec: UnionSpec, members: readonly Trigger[]) {
    this.#members = members;
    if (members.some((member) => member.excludes !== undefined)) {
      this.excludes = (at, memory) => this.#allExclude(at, memory);
    }
    this.#randomMembers = spec.of.flatMap((member, i) => (member.kind === 'random' ? [i] : []));
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    let earliest: Instant | null = null;
    for (const [i, member] of this.#members.entries()) {
      const at = member.next(after, this.#memoryOf(i, memory));
      if (at !== null && (earliest === null || at < earliest)) earliest = at;
    }
    return earliest;
  }

  membersAfter(memory: TriggerMemory, fireAt: Instant): Readonly<Record<string, Instant>> {
    let members = memory.members;
    for (const i of this.#randomMembers) {
      const at = this.#members[i]?.next(fireAt - 1, this.#memoryOf(i, memory));
      if (at === fireAt) members = { ...members, [i]: fireAt };
    }
    return members;
  }

  describe(locale: Locale): string {
    const parts = this.#members.map((member) => member.describe(locale));
    return locale === 'en' ? parts.join('; or ') : parts.reduce(joinOr);
  }

  /** True if none of the members that fire at `at` may run. */
  #allExclude(at: Instant, memory: TriggerMemory): boolean {
    return this.#members.every((member, i) => {
      const own = this.#memoryOf(i, memory);
      return member.excludes?.(at, own) === true || member.next(at - 1, own) !== at;
    });
  }

  #memoryOf(index: number, memory: TriggerMemory): TriggerMemory {
    if (!this.#randomMembers.includes(index)) return memory;
    return { ...memory, previousAt: memory.members[index] ?? null };
  }
}

function joinOr(left: string, right: string): string {
  return joinChinese(`${left};或`, right);
}

export const compileUnion: CompileKind<'any'> = (spec, env) =>
  new UnionTrigger(spec, spec.of.map(env.compileMember));
