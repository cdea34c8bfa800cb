import type { ZoneData, ZoneTransitions } from '../../../tickwork/src/core/time/zone-data.ts';

const FROM = -20 * 86_400_000;
const TO = Date.UTC(2200, 0, 1);

/**
 * Zone rules out of `Temporal`'s list of transitions, for tests: another way to
 * the same data than the library's own. Needs a Node.js with `Temporal` (26).
 */
export function temporalZoneData(): ZoneData {
  const known = new Map<string, ZoneTransitions>();
  const names = Intl.supportedValuesOf('timeZone');
  return {
    version: process.versions.tz ?? 'unknown',
    names: () => names,
    hostZone: () => 'UTC',
    transitions(name) {
      let transitions = known.get(name);
      if (transitions === undefined && isZoneName(name)) {
        transitions = listTransitions(name);
        known.set(name, transitions);
      }
      return transitions ?? null;
    },
  };
}

/** The clock changes of a zone from 1970 to the end of 2199, as `Temporal` lists them. */
export function listTransitions(name: string): ZoneTransitions {
  const startAt: number[] = [Number.NEGATIVE_INFINITY];
  let moment = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(name);
  const offsetMs: number[] = [moment.offsetNanoseconds / 1e6];
  for (;;) {
    const change = moment.getTimeZoneTransition('next');
    if (change === null || change.epochMilliseconds >= TO) break;
    startAt.push(change.epochMilliseconds);
    offsetMs.push(change.offsetNanoseconds / 1e6);
    moment = change;
  }
  const zone = { startAt: Float64Array.from(startAt), offsetMs: Float64Array.from(offsetMs) };
  return { name: moment.timeZoneId, ...zone };
}

function isZoneName(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
