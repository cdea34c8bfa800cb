const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

const NAME_CHARACTERS_MIN = 3;

/**
 * The ISO weekday, 1 = Monday … 7 = Sunday, of a number 1 to 7 or of an English
 * name in any case, whole or shortened to at least three letters; else `null`.
 */
export function parseWeekday(input: unknown): number | null {
  if (typeof input === 'number') return isWeekday(input) ? input : null;
  if (typeof input !== 'string') return null;
  const text = input.trim().toLowerCase();
  if (/^[1-7]$/.test(text)) return Number(text);
  if (text.length < NAME_CHARACTERS_MIN) return null;
  const index = WEEKDAYS.findIndex((name) => name.startsWith(text));
  return index < 0 ? null : index + 1;
}

function isWeekday(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 7;
}

const GROUPS: Readonly<Record<string, readonly number[]>> = {
  weekday: [1, 2, 3, 4, 5],
  weekdays: [1, 2, 3, 4, 5],
  weekend: [6, 7],
  weekends: [6, 7],
};

/**
 * The ISO weekdays of one weekday (as `parseWeekday`), of a range such as
 * `mon-fri` (which may run over Sunday: `fri-mon`), or of `weekdays` and
 * `weekend`; `null` for anything else.
 */
export function parseWeekdayRange(input: unknown): readonly number[] | null {
  const word = typeof input === 'string' ? input.trim().toLowerCase() : '';
  if (Object.hasOwn(GROUPS, word)) return GROUPS[word] ?? null;
  const [from, to, more] = typeof input === 'string' ? input.split('-') : [input];
  const first = parseWeekday(from);
  const last = to === undefined ? first : parseWeekday(to);
  if (first === null || last === null || more !== undefined) return null;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => ((first - 1 + i) % 7) + 1);
}
