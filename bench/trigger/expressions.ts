/** Ten schedules as people write them; the last one is years apart. */
export const TYPICAL_EXPRESSIONS: readonly string[] = [
  '* * * * *',
  '*/5 * * * *',
  '0 * * * *',
  '30 2 * * *',
  '0 9 * * 1-5',
  '15,45 8-18 * * *',
  '0 0 1 * *',
  '0 12 1,15 * *',
  '0 22 * * SUN',
  '0 0 29 2 *',
];

export const ZONES: readonly string[] = ['UTC', 'Europe/Berlin', 'Asia/Shanghai'];

/** Where every measurement begins. */
export const START = Date.UTC(2026, 0, 15, 10, 20, 30);
