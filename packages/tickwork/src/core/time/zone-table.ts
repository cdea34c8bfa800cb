import { TickworkError } from '../base/errors.ts';
import { Zone } from './zone.ts';
import type { ZoneData } from './zone-data.ts';

const SUGGESTIONS_MAX = 3;
const NAME_CHARACTERS_MAX = 64;
const DISTANCE_MAX = 3;

/**
 * The zones in use, by name. A zone is looked up in the port once and kept:
 * there are some 600 names in all, so nothing is ever thrown out. Names of
 * different spelling share one `Zone`.
 */
export class ZoneTable {
  readonly #data: ZoneData;
  readonly #bySpelling = new Map<string, Zone>();
  readonly #byName = new Map<string, Zone>();

  constructor(data: ZoneData) {
    this.#data = data;
  }

  /** The version of the zone rules, such as `2026c`. */
  get version(): string {
    return this.#data.version;
  }

  /** The zone of the host, by its canonical name. */
  host(): Zone {
    return this.get(this.#data.hostZone());
  }

  /**
   * The zone of an IANA name, in any case. `field` is the option the name comes
   * from, for the message. Throws `INVALID_ZONE` with similar names; retrying
   * cannot help.
   */
  get(name: string, field = 'timezone'): Zone {
    return this.find(name) ?? this.#refuse(name, field);
  }

  /** The zone of an IANA name, in any case, or `null`. */
  find(name: string): Zone | null {
    const known = this.#bySpelling.get(name);
    if (known !== undefined) return known;
    if (name.length > NAME_CHARACTERS_MAX) return null;
    const transitions = this.#data.transitions(name);
    if (transitions === null) return null;
    const zone = this.#byName.get(transitions.name) ?? new Zone(transitions);
    this.#byName.set(zone.name, zone);
    this.#bySpelling.set(name, zone);
    return zone;
  }

  /** Up to three known names that resemble `name`, the nearest first. */
  suggest(name: string): readonly string[] {
    const wanted = name.slice(0, NAME_CHARACTERS_MAX).toLowerCase();
    const scored: { readonly name: string; readonly distance: number }[] = [];
    for (const candidate of this.#data.names()) {
      const distance = nameDistance(wanted, candidate.toLowerCase());
      if (distance !== null) scored.push({ name: candidate, distance });
    }
    scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
    return scored.slice(0, SUGGESTIONS_MAX).map((entry) => entry.name);
  }

  #refuse(name: string, field: string): never {
    const similar = this.suggest(name);
    throw new TickworkError('INVALID_ZONE', {
      field,
      value: name,
      reason: 'is no time zone of the IANA database.',
      remedy:
        similar.length > 0
          ? `Did you mean ${similar.join(', ')}?`
          : 'Write a name such as Europe/Berlin or UTC.',
    });
  }
}

/**
 * How far apart two names in lower case are; `null` if they have nothing in
 * common. The city alone is compared as well: people write `Berlin` or
 * `Europe/Shanghai`.
 */
function nameDistance(wanted: string, candidate: string): number | null {
  const plain = wanted.replaceAll(' ', '_');
  const limit = Math.min(DISTANCE_MAX, Math.floor(cityOf(plain).length / 3) + 1);
  const whole = editDistance(plain, candidate, limit);
  if (whole !== null) return whole;
  const city = editDistance(cityOf(plain), cityOf(candidate), limit);
  return city === null ? null : city + 1;
}

function cityOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * Levenshtein's distance of two short texts, row by row, or `null` above `limit`.
 * Texts whose lengths differ by more are not compared at all, which is most of them.
 */
function editDistance(left: string, right: string, limit: number): number | null {
  if (Math.abs(left.length - right.length) > limit) return null;
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= right.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const cost = Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      least = Math.min(least, cost);
      next.push(cost);
    }
    if (least > limit) return null;
    row = next;
  }
  const distance = row[right.length] ?? 0;
  return distance <= limit ? distance : null;
}
