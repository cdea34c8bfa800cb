/** What a source does where it differs from us, and what to write here for its answer. */
export const DEVIATION_RULES: Readonly<Record<string, { does: string; here: string }>> = {
  'a/n': { does: 'refuses `5/15`', here: '`5/15` means `5-59/15`' },
  'dom-dow-and': {
    does: 'wants both day fields to match',
    here: 'either one; `+` before the day of week asks for both',
  },
  'duplicates-accepted': { does: 'refuses a value written twice', here: 'accepted' },
  'equal-range-is-whole-field': { does: 'takes `0-0` for every value', here: 'one value' },
  'every-from-now': {
    does: 'counts `@every` from the moment of asking',
    here: 'anchored, so that a restart moves nothing; an anchor may be set',
  },
  'gap-after-same-minute': {
    does: 'moves a lost time to the same minute of the first full hour after the gap',
    here: 'the first instant after the gap',
  },
  'gap-shift': {
    does: 'moves a lost time by the length of the gap (02:30 to 03:30)',
    here: 'the first instant after the gap (03:00)',
  },
  'gap-skip': { does: 'drops a lost time', here: 'never lost; `dst: {gap: skip}` drops it' },
  'impossible-accepted-by-parser': {
    does: 'refuses a date that never comes while reading',
    here: 'creating the job refuses it',
  },
  'long-names': { does: 'accepts names of more than three letters', here: 'refused' },
  'modifier-any-case': { does: 'wants `L` and `W` in capitals', here: 'any case' },
  'nickname-any-case': { does: 'wants nicknames in small letters', here: 'any case' },
  'nth-in-list': { does: 'refuses `#` and `L` days beside other days', here: 'accepted' },
  'overlap-both': {
    does: 'fires a fixed time in both copies of a repeated hour',
    here: 'in the first; `dst: {overlap: both}` fires in both',
  },
  'overlap-first-hour-star': {
    does: 'runs an hourly schedule in the first copy only',
    here: 'in both; `dst: {overlap: first}` runs it once',
  },
  'quartz-dow': { does: 'counts 1 = Sunday', here: '0 and 7; `dialect: quartz` counts as Quartz' },
  'question-mark-elsewhere': { does: 'accepts `?` in any field', here: 'in the day fields only' },
  'question-mark-required': { does: 'demands `?` in one day field', here: 'optional' },
  'range-to-L': { does: 'accepts a range to the last day (`29-L`)', here: 'refused' },
  'range-with-nth': { does: 'accepts `#` or `L` after a range (`MON-FRI#1`)', here: 'refused' },
  'range-with-nth+dom-dow-and': {
    does: 'accepts `MON-FRI#1`, and wants both day fields to match',
    here: 'refused',
  },
  'reboot-is-a-trigger': { does: 'reads `@reboot`', here: 'a trigger of its own: `startup`' },
  'step-within-field-span': {
    does: 'refuses a step larger than its own range (`4-6/3`)',
    here: 'the span of the field is the limit',
  },
  'w-day-clamped': {
    does: 'takes `31W` for the last day of a shorter month',
    here: 'the month is left out',
  },
  'w-in-list': { does: 'accepts `W` in a list', here: '`W` stands alone' },
  wrap: {
    does: 'accepts ranges that run backwards (`FRI-MON`)',
    here: 'refused with the corrected text; accepted in `dialect: quartz`',
  },
  'year-range': { does: 'has other first and last years', here: '1970 to 2199' },
};
