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
