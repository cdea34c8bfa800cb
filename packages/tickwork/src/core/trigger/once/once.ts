import type { OnceSpec } from '../../model/trigger-spec.ts';
import type { Instant } from '../../time/instant.ts';
import type { CompileKind } from '../kind.ts';
import type { Locale, Trigger } from '../trigger.ts';
import { instantText } from '../words/instant-words.ts';

class OnceTrigger implements Trigger {
  readonly kind = 'once';
  readonly #spec: OnceSpec;

  constructor(spec: OnceSpec) {
    this.#spec = spec;
  }

  next(after: Instant): Instant | null {
    return this.#spec.at > after ? this.#spec.at : null;
  }

  describe(locale: Locale): string {
    const at = instantText(this.#spec.at);
    return locale === 'en' ? `once at ${at}` : `在 ${at} 执行一次`;
  }
}

export const compileOnce: CompileKind<'once'> = (spec) => new OnceTrigger(spec);
