import type { NextFire } from 'tickwork';
import { type Language, say, type Text } from './text.ts';

const MARKS: Readonly<Record<NextFire['mark'], Text>> = {
  'will-run': { en: 'will run', zh: '将运行' },
  'skip-window': { en: 'skipped', zh: '已设为跳过' },
  paused: { en: 'paused', zh: '任务已暂停' },
  disabled: { en: 'disabled', zh: '任务已停用' },
  backoff: { en: 'waits after a failure', zh: '失败后等待中' },
  calendar: { en: 'skipped by its calendar', zh: '被日历排除' },
};

/** `skipped: holiday`: what will become of an instant, and why. */
export function markText(
  { mark, markReason }: Pick<NextFire, 'mark' | 'markReason'>,
  language: Language,
): string {
  const word = say(MARKS[mark], language);
  const colon = language === 'zh-CN' ? '：' : ': ';
  return markReason === null ? word : `${word}${colon}${markReason}`;
}
