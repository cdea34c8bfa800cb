/**
 * Dates of the proleptic Gregorian calendar as whole numbers. A *day number*
 * counts days from 1970-01-01 (day 0, a Thursday). The year is taken to begin
 * in March, so that the leap day is its last day and every month before it has
 * a fixed place: this turns the conversion into a few integer divisions. The
 * arithmetic is exact from the year 0 on.
 */
export interface CivilDate {
  readonly year: number;
  /** 1 = January … 12 = December. */
  readonly month: number;
  /** 1 … 31. */
  readonly day: number;
}

export const DAY_MS = 86_400_000;

const DAYS_PER_ERA = 146_097;
/** The day number of 0000-03-01, negated. */
const DAYS_TO_EPOCH = 719_468;
/** The lengths of March to January, five days short of 31 twice in each 153. */
const DAYS_PER_FIVE_MONTHS = 153;

/** The day number of a date. `day` may lie outside the month and is then counted on. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((DAYS_PER_FIVE_MONTHS * monthFromMarch + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_PER_ERA + yearOfEra * 365 + leapDays + dayOfYear - DAYS_TO_EPOCH;
}

/** The date of a day number. */
export function civilFromDays(dayNumber: number): CivilDate {
  const shifted = dayNumber + DAYS_TO_EPOCH;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / DAYS_PER_FIVE_MONTHS);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((DAYS_PER_FIVE_MONTHS * monthFromMarch + 2) / 5) + 1,
  };
}

/** The weekday of a day number: 0 = Sunday … 6 = Saturday. */
export function weekdayOf(dayNumber: number): number {
  const rest = (dayNumber + 4) % 7;
  return rest < 0 ? rest + 7 : rest;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** How many days a month has; `month` from 1. */
export function monthLength(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
