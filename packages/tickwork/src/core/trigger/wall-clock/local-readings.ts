import type { LocalMs } from '../../time/zone.ts';

/**
 * The readings of a wall clock at which something is due, before any zone: a
 * date and a time of day, whole seconds. What a kind, a calendar or a roll says
 * is said of readings; `ZoneSearch` alone turns them into instants.
 */
export interface LocalReadings {
  /** The first reading at or after `local` (a whole second), or `Infinity` up to 2199. */
  atOrAfter(local: LocalMs): LocalMs;
}
