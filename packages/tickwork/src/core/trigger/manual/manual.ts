import type { CompileKind } from '../kind.ts';
import type { Locale } from '../trigger.ts';

export const compileManual: CompileKind<'manual'> = () => ({
  kind: 'manual',
  next: () => null,
  describe: (locale: Locale) => (locale === 'en' ? 'only by hand' : '仅手动触发'),
});
