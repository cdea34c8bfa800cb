import type { CompileKind } from '../kind.ts';
import type { Locale } from '../trigger.ts';

/** Driven by the starts of nodes: no instant can be foretold. */
export const compileStartup: CompileKind<'startup'> = ({ scope }) => ({
  kind: 'startup',
  next: () => null,
  describe(locale: Locale) {
    if (scope === 'node') return locale === 'en' ? 'when a node starts' : '每个节点启动时';
    return locale === 'en' ? 'when the cluster starts' : '集群启动时';
  },
});
