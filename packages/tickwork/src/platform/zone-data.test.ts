import { listTransitions } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, test, vi } from 'vitest';
import { ZONE_ALIASES } from './zone-aliases.ts';
import { intlZoneData } from './zone-data.ts';

const data = intlZoneData();

test('every zone has the transitions that Temporal lists', { timeout: 120_000 }, () => {
  const problems: string[] = [];
  for (const name of data.names()) {
    const ours = data.transitions(name);
    const theirs = listTransitions(name);
    const same =
      ours !== null &&
      ours.startAt.join() === theirs.startAt.join() &&
      ours.offsetMs.join() === theirs.offsetMs.join();
    if (!same) problems.push(name);
    // The engine and the oracle look one segment around a change: a jump must
    // never reach over a whole segment.
    for (let i = 1; i + 1 < theirs.startAt.length; i++) {
      const length = (theirs.startAt[i + 1] ?? 0) - (theirs.startAt[i] ?? 0);
      const jump = Math.abs((theirs.offsetMs[i] ?? 0) - (theirs.offsetMs[i - 1] ?? 0));
      if (length <= 2 * jump + 86_400_000) problems.push(`${name}: segment ${i} is short`);
    }
  }
  expect(problems).toEqual([]);
  expect(data.names().length).toBeGreaterThan(400);
});

test('is read once for the whole process', () => {
  expect(intlZoneData()).toBe(data);
});

describe('names', () => {
  test.each([
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
    ['US/Pacific', 'America/Los_Angeles'],
    ['us/pacific', 'America/Los_Angeles'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['ASIA/KOLKATA', 'Asia/Kolkata'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['Europe/Oslo', 'Europe/Oslo'],
    ['PRC', 'Asia/Shanghai'],
  ])('%s is %s', (name, canonical) => {
    expect(data.transitions(name)?.name).toBe(canonical);
  });

  test.each(['', 'Nowhere', '+05:30', 'Europe/', 'CRON', '__proto__', 'constructor'])(
    '%j is unknown',
    (name) => {
      expect(data.transitions(name)).toBeNull();
    },
  );

  test('aliases show the same clock as their zone', () => {
    for (const [canonical, aliases] of Object.entries(ZONE_ALIASES)) {
      for (const alias of aliases.split(' ')) {
        expect(data.transitions(alias), alias).toBe(data.transitions(canonical));
        const now = Temporal.Instant.fromEpochMilliseconds(Date.UTC(2026, 6, 1));
        const offset = now.toZonedDateTimeISO(alias).offsetNanoseconds;
        expect(now.toZonedDateTimeISO(canonical).offsetNanoseconds, alias).toBe(offset);
      }
    }
  });

  test('the host zone is one of them', () => {
    expect(data.names()).toContain(data.hostZone());
    expect(data.version).toBe(process.versions.tz);
  });
});

test('historic offsets with seconds are exact', () => {
  const monrovia = data.transitions('Africa/Monrovia');
  expect(monrovia?.offsetMs[0]).toBe(-(44 * 60 + 30) * 1000);
  expect(monrovia?.startAt[1]).toBe(Date.parse('1972-01-07T00:44:30Z'));
});

test('a Node.js without zone data is refused', async () => {
  vi.resetModules();
  const fresh = await import('./zone-data.ts');
  const real = Intl.DateTimeFormat;
  const utcOnly = function DateTimeFormat(locale: string, options: Intl.DateTimeFormatOptions) {
    return new real(locale, { ...options, timeZone: 'UTC' });
  };
  Intl.DateTimeFormat = utcOnly as unknown as typeof Intl.DateTimeFormat;
  try {
    expect(() => fresh.intlZoneData()).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', field: 'process.versions.tz' }),
    );
  } finally {
    Intl.DateTimeFormat = real;
  }
});
