/** `2026-11-20 21:30:05+01:00` in `zone`, or in the host's zone; milliseconds if there are any. */
export function formatInstant(at: number, zone?: string): string {
  const parts = new Map(
    formatter(zone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = get('timeZoneName').replace('GMT', '') || '+00:00';
  const rest = ((at % 1000) + 1000) % 1000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  const date = `${get('year')}-${get('month')}-${get('day')}`;
  return `${date} ${get('hour')}:${get('minute')}:${get('second')}${fraction}${offset}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone = ''): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    ...(zone === '' ? {} : { timeZone: zone }),
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  formatters.set(zone, made);
  return made;
}

/** `4s`, `1m 05s`, `3h 02m`, `2d 04h`: a length for people, `850ms` below a second. */
export function formatLength(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const pair = (large: number, a: string, small: number, b: string): string =>
    `${large}${a} ${String(small).padStart(2, '0')}${b}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'm', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'm');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A copy in which every `…At` and `…Until` is RFC 3339 text in UTC. User values stay. */
export function isoInstants(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && /(?:At|Until)$/u.test(key)) return new Date(value).toISOString();
  if (typeof value !== 'object' || value === null || USER_KEYS.has(key)) return value;
  if (Array.isArray(value)) return value.map((item) => isoInstants(item, key));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isoInstants(member, name)]),
  );
}

/** Below these keys the names are not ours. */
const USER_KEYS: ReadonlySet<string> = new Set(['input', 'result', 'progress', 'options']);
