import type { Job, JobDefinition } from '../model/job.ts';
import type { JobWrite } from '../ports/job-store.ts';
import { dependsOnName } from '../trigger/depends-on-name.ts';
import type { Declared } from './decide-save.ts';

interface Known {
  readonly declared: Declared;
  readonly write: JobWrite;
  /** `null` until a second job asks: most definitions are used once. */
  isShared: boolean | null;
}

/**
 * What was decided for new jobs of a list at one instant, by definition. New jobs with the same
 * definition get the same first instant, unless their names decide about it.
 */
export class AlikeWrites {
  readonly #known = new Map<JobDefinition, Known>();

  /** The write of a declaration, which `decide` is only asked for if it is not known. */
  of(declared: Declared, existing: Job | null, decide: () => JobWrite | null): JobWrite | null {
    if (existing !== null) return decide();
    const { name, definition } = declared;
    const known = this.#known.get(definition);
    if (known === undefined) {
      const write = decide();
      if (write !== null) this.#known.set(definition, { declared, write, isShared: null });
      return write;
    }
    known.isShared ??= !dependsOnName(definition.trigger);
    return known.isShared && isAlike(known.declared, declared)
      ? { ...known.write, name }
      : decide();
  }
}

function isAlike(a: Declared, b: Declared): boolean {
  return a.status === b.status && a.declaredAt === b.declaredAt && a.source === b.source;
}
