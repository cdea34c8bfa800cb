/**
 * The oracle's own reading of cron expressions, from the written rules and not
 * from the engine's parser: text is cut at spaces, commas, slashes and dashes,
 * and each field becomes a list of values or a test of dates. It takes valid
 * expressions only and knows no hash.
 */
export interface OracleExpression {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Whether the hour field begins with `*` or lists all hours. */
  readonly hourly: boolean;
  matchesDate(year: number, month: number, day: number): boolean;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

type DayTest = (year: number, month: number, day: number) => boolean;

export function readExpression(text: string, dialect: string): OracleExpression {
  const parts = text.trim().toLowerCase().split(' ');
  if (parts.length === 5) parts.unshift('0');
  if (parts.length === 6) parts.push('*');
  const [second, minute, hour, dayOfMonth, month, dayOfWeek, year] = parts as Seven;
  const months = new Set(values(month, 1, 12, (word) => named(word, MONTHS, 1)));
  const years = new Set(values(year, 1970, 2199, Number));
  const hours = values(hour, 0, 23, Number);
  const matchesDay = dayTest(dayOfMonth, dayOfWeek, dialect);
  return {
    seconds: values(second, 0, 59, Number),
    minutes: values(minute, 0, 59, Number),
    hours,
    hourly: hour.startsWith('*') || hours.length === 24,
    matchesDate: (y, m, d) => years.has(y) && months.has(m) && matchesDay(y, m, d),
  };
}

type Seven = [string, string, string, string, string, string, string];

function named(word: string, names: readonly string[], first: number): number {
  const place = names.indexOf(word);
  return place < 0 ? Number(word) : place + first;
}

/** All values of a list of `*`, `a`, `a-b` and steps, ascending. */
function values(field: string, min: number, max: number, read: (word: string) => number) {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const [first = '', last] = range.split('-');
    const from = range === '*' || range === '?' ? min : read(first);
    let to = last === undefined ? from : read(last);
    if (range === '*' || range === '?' || (last === undefined && step !== undefined)) to = max;
    const by = step === undefined ? 1 : Number(step);
    const size = max - min + 1;
    if (to < from) to += size;
    for (let value = from; value <= to; value += by) {
      found.add(value > max ? value - size : value);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function dayTest(dayOfMonth: string, dayOfWeek: string, dialect: string): DayTest {
  const both = dayOfWeek.startsWith('+');
  const weekField = both ? dayOfWeek.slice(1) : dayOfWeek;
  const monthFree = dayOfMonth === '*' || dayOfMonth === '?';
  const weekFree = weekField === '*' || weekField === '?';
  const monthTests = dayOfMonth.split(',').map(monthDayTest);
  const weekTests = weekField.split(',').map((part) => weekdayTest(part, dialect));
  const byMonth: DayTest = (y, m, d) => monthTests.some((test) => test(y, m, d));
  const byWeek: DayTest = (y, m, d) => weekTests.some((test) => test(y, m, d));
  if (monthFree && weekFree) return () => true;
  if (monthFree) return byWeek;
  if (weekFree) return byMonth;
  return (y, m, d) =>
    both ? byMonth(y, m, d) && byWeek(y, m, d) : byMonth(y, m, d) || byWeek(y, m, d);
}

function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function weekday(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function monthDayTest(part: string): DayTest {
  if (part.startsWith('l')) {
    const workday = part.endsWith('w');
    const digits = part.slice(1, workday ? -1 : undefined);
    const offset = digits === '' ? 0 : Number(digits.slice(1));
    return (y, m, d) => {
      const target = lengthOf(y, m) - offset;
      return target >= 1 && d === (workday ? toWorkday(y, m, target) : target);
    };
  }
  if (part.endsWith('w')) {
    const target = Number(part.slice(0, -1));
    return (y, m, d) => target <= lengthOf(y, m) && d === toWorkday(y, m, target);
  }
  const days = new Set(values(part, 1, 31, Number));
  return (_y, _m, d) => days.has(d);
}

/** The nearest Monday to Friday within the month, by trying the days around it. */
function toWorkday(year: number, month: number, day: number): number {
  for (const candidate of [day, day - 1, day + 1, day - 2, day + 2]) {
    if (candidate < 1 || candidate > lengthOf(year, month)) continue;
    const on = weekday(year, month, candidate);
    if (on >= 1 && on <= 5) return candidate;
  }
  throw new Error('a month has working days');
}

function weekdayTest(part: string, dialect: string): DayTest {
  const shift = dialect === 'quartz' ? 1 : 0;
  const read = (word: string) => {
    const place = DAYS.indexOf(word);
    return place < 0 ? Number(word) - shift : place;
  };
  if (part === 'l') return (y, m, d) => weekday(y, m, d) === 6;
  if (part.includes('#')) {
    const [day = '', nth = ''] = part.split('#');
    return (y, m, d) => weekday(y, m, d) === read(day) % 7 && isNth(nth, y, m, d);
  }
  if (part.endsWith('l')) {
    const on = read(part.slice(0, -1)) % 7;
    return (y, m, d) => weekday(y, m, d) === on && isNth('l', y, m, d);
  }
  const days = new Set(weekdayValues(part, read, shift === 1).map((value) => value % 7));
  return (y, m, d) => days.has(weekday(y, m, d));
}

function weekdayValues(part: string, read: (word: string) => number, wraps: boolean): number[] {
  const [range = '', step] = part.split('/');
  const [first = '', last] = range.split('-');
  if (last === undefined) return values(part, 0, 6, read);
  const from = read(first);
  let to = read(last);
  if (wraps) return values(`${from}-${to}/${step ?? '1'}`, 0, 6, Number);
  if (last === 'sun') to = 7;
  const found: number[] = [];
  for (let value = from; value <= to; value += Number(step ?? '1')) found.push(value);
  return found;
}

function isNth(nth: string, year: number, month: number, day: number): boolean {
  if (nth === 'l') return day + 7 > lengthOf(year, month);
  return Math.ceil(day / 7) === Number(nth);
}
