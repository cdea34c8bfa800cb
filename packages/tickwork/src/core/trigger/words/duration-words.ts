import type { DurationMs } from '../../time/instant.ts';
import type { Locale } from '../trigger.ts';

const UNITS = [
  [604_800_000, 'week', '周'],
  [86_400_000, 'day', '天'],
  [3_600_000, 'hour', '小时'],
  [60_000, 'minute', '分钟'],
  [1000, 'second', '秒'],
  [1, 'millisecond', '毫秒'],
] as const;

/** `1 hour 30 minutes`; `1 小时 30 分钟`. Weeks only where nothing is left over. */
export function durationText(ms: DurationMs, locale: Locale): string {
  return partsOf(ms)
    .map(([count, english, chinese]) =>
      locale === 'en' ? `${count} ${english}${count === 1 ? '' : 's'}` : `${count} ${chinese}`,
    )
    .join(' ');
}

/** `every hour`, `every 90 seconds`; `每小时`, `每 90 秒`. */
export function everyText(ms: DurationMs, locale: Locale): string {
  const [part, more] = partsOf(ms);
  if (part === undefined || more !== undefined || part[0] !== 1) {
    const length = durationText(ms, locale);
    return locale === 'en' ? `every ${length}` : `每 ${length}`;
  }
  return locale === 'en' ? `every ${part[1]}` : `每${part[2]}`;
}

function partsOf(ms: DurationMs): readonly (readonly [number, string, string])[] {
  const parts: (readonly [number, string, string])[] = [];
  let rest = ms;
  for (const [length, english, chinese] of UNITS) {
    if (english === 'week' && rest % length !== 0) continue;
    const count = Math.floor(rest / length);
    if (count > 0) parts.push([count, english, chinese]);
    rest -= count * length;
  }
  return parts.length > 0 ? parts : [[0, 'second', '秒']];
}
