import type { CompileKind } from '../kind.ts';
import type { Locale } from '../trigger.ts';
import { joinChinese, listText } from '../words/list-words.ts';

const HOW = {
  success: ['succeeds', '成功后'],
  failure: ['fails', '失败后'],
  completion: ['ends', '结束后'],
} as const;

/** Driven by the ends of other jobs' runs: no instant can be foretold. */
export const compileAfter: CompileKind<'after'> = ({ jobs, on }) => ({
  kind: 'after',
  next: () => null,
  describe(locale: Locale) {
    const [english, chinese] = HOW[on];
    if (locale === 'en') return `when ${listText(jobs, locale, 'or')} ${english}`;
    return joinChinese(listText(jobs, locale, 'or'), chinese);
  },
});
