import { FIELDS, readField, shortest } from './cron-field.ts';

/** When a line runs, as keys of a job, or why that cannot be told. */
export type Translation =
  | {
      /** One of the keys `cron`, `every` and `startup`. */
      readonly when: Readonly<Record<string, string>>;
      /** cron chooses these times anew whenever it reads the file. */
      readonly isRandom: boolean;
    }
  | { readonly reason: string };

/** What Tickwork reads in one expression. */
const CHARACTERS_MAX = 256;

const NICKNAMES: Readonly<Record<string, Translation>> = {
  '@reboot': { when: { startup: 'node' }, isRandom: false },
  '@yearly': { when: { cron: '@yearly' }, isRandom: false },
  '@annually': { when: { cron: '@annually' }, isRandom: false },
  '@monthly': { when: { cron: '@monthly' }, isRandom: false },
  '@weekly': { when: { cron: '@weekly' }, isRandom: false },
  '@daily': { when: { cron: '@daily' }, isRandom: false },
  '@midnight': { when: { cron: '@midnight' }, isRandom: false },
  '@hourly': { when: { cron: '@hourly' }, isRandom: false },
  // FreeBSD knows these two.
  '@every_minute': { when: { cron: '* * * * *' }, isRandom: false },
  '@every_second': { when: { every: '1s' }, isRandom: false },
};

/**
 * The schedule of a crontab line, five fields or a nickname, as Tickwork writes it with the same
 * instants. Of two day fields, cron wants both to match where one of them begins with a star, and
 * either otherwise; Tickwork wants either unless a `+` stands before the day of week.
 * Source: cronie and ISC cron, entry.c; `~` from cronie and OpenBSD.
 */
export function translateSchedule(schedule: string): Translation {
  if (schedule.startsWith('@')) return readNickname(schedule);
  const written = schedule.split(/\s+/u);
  const fields = [];
  for (const [index, rule] of FIELDS.entries()) {
    const field = readField(written[index] ?? '', rule);
    if ('reason' in field) return field;
    fields.push(field);
  }
  const isRandom = fields.some(({ items }) => items.some((item) => item.isRandom));
  const plus = wantsBothDays(written) ? '+' : '';
  const join = (texts: readonly string[]): string =>
    texts.map((text, index) => (index === 4 ? plus + text : text)).join(' ');
  const cron = join(fields.map(({ text }) => text));
  if (cron.length <= CHARACTERS_MAX || isRandom) return { when: { cron }, isRandom };
  return {
    when: {
      cron: join(fields.map(({ text, items }) => (items.length > 1 ? shortest(items) : text))),
    },
    isRandom,
  };
}

function readNickname(word: string): Translation {
  const known = NICKNAMES[word.toLowerCase()];
  if (known !== undefined) return known;
  const names = Object.keys(NICKNAMES).join(', ');
  return { reason: `cron knows no ${word}; the nicknames are ${names}.` };
}

function wantsBothDays([, , day = '*', , weekday = '*']: readonly string[]): boolean {
  if (day === '*' || weekday === '*') return false;
  return day.startsWith('*') || weekday.startsWith('*');
}
