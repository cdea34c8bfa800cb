import { TickworkError } from '../core/base/errors.ts';
import type { ZoneData, ZoneTransitions } from '../core/time/zone-data.ts';
import { ZONE_ALIASES } from './zone-aliases.ts';
import { offsetReader } from './zone-offset.ts';
import { findTransitions } from './zone-transitions.ts';

/** Instants whose offset no zone data can miss: an east, a west and a summer time. */
const PROBES: readonly (readonly [string, number, number])[] = [
  ['Asia/Shanghai', Date.UTC(2024, 0, 1), 8 * 3_600_000],
  ['America/New_York', Date.UTC(2024, 6, 1), -4 * 3_600_000],
  ['Europe/Berlin', Date.UTC(2150, 6, 1), 2 * 3_600_000],
];

let shared: ZoneData | undefined;

/**
 * Zone rules out of the data that Node.js carries for `Intl`; all callers of a process share them,
 * since that data does not change while it runs. The clock changes of a zone are found on first use
 * by asking for offsets (about 10 ms) and are kept. Throws `INVALID_CONFIG` if this Node.js
 * was built without zone data: every schedule outside UTC would be wrong.
 */
export function intlZoneData(): ZoneData {
  shared ??= readZoneData();
  return shared;
}

function readZoneData(): ZoneData {
  for (const [name, at, offsetMs] of PROBES) {
    if (offsetOrNull(name, at) !== offsetMs) refuseHost(name);
  }
  return new IntlZoneData();
}

class IntlZoneData implements ZoneData {
  readonly version = process.versions.tz ?? 'unknown';
  readonly #names = allNames();
  readonly #known = new Map<string, ZoneTransitions>();

  transitions(name: string): ZoneTransitions | null {
    const canonical = this.#names.get(name.toLowerCase());
    if (canonical === undefined) return null;
    let transitions = this.#known.get(canonical);
    if (transitions === undefined) {
      transitions = findTransitions(canonical);
      this.#known.set(canonical, transitions);
    }
    return transitions;
  }

  names(): readonly string[] {
    return [...new Set(this.#names.values())];
  }

  hostZone(): string {
    const host = new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
    return this.#names.get(host.toLowerCase()) ?? 'UTC';
  }
}

/** The canonical name for each name in lower case. */
function allNames(): Map<string, string> {
  const supported = new Set(Intl.supportedValuesOf('timeZone'));
  const names = new Map<string, string>();
  for (const name of supported) names.set(name.toLowerCase(), name);
  for (const [canonical, list] of Object.entries(ZONE_ALIASES)) {
    const aliases = list.split(' ');
    // A Node.js older than a change of name knows the former name only.
    const former = aliases.find((alias) => supported.has(alias));
    const usable = supported.has(canonical) || isKnown(canonical) ? canonical : former;
    if (usable === undefined) continue;
    for (const alias of aliases) names.set(alias.toLowerCase(), usable);
    names.set(canonical.toLowerCase(), usable);
  }
  return names;
}

function isKnown(name: string): boolean {
  return offsetOrNull(name, 0) !== null;
}

function offsetOrNull(name: string, at: number): number | null {
  try {
    return offsetReader(name)(at);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function refuseHost(name: string): never {
  throw new TickworkError('INVALID_CONFIG', {
    field: 'process.versions.tz',
    value: process.versions.tz,
    reason: `this Node.js knows no clock changes of ${name}.`,
    remedy: 'Use a Node.js with full ICU data, as all official builds have.',
  });
}
