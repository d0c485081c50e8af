/** Time is UTC epoch milliseconds as a double. A bar is named by its open time and known only at its close. */

/** Milliseconds of a 15-minute bar. */
export const barMs = 900_000;
export const hourMs = 3_600_000;
/** Milliseconds of a day. */
export const dayMs = 86_400_000;
/** 15-minute bars in a 365-day year; the factor of bar-level annualization. */
export const barsPerYear = 35_040;
/** 15-minute bars in a day. */
export const barsPerDay = 96;
/** Days in a year, the factor of daily annualization: these markets never close. */
export const daysPerYear = 365;

/** Epoch ms of a UTC day `YYYY-MM-DD`, or null when the text is not a real calendar day. */
export function parseDay(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const ms = Date.UTC(year, month - 1, day);
  return formatDay(ms) === text ? ms : null;
}

/** The day that a text means which is not written `YYYY-MM-DD` or is not in the calendar (then the month's last); null when there is no telling. */
export function likelyDay(text: string): string | null {
  const match = /^(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?!\d)/.exec(text);
  if (match === null) return null;
  const [, year, month, day] = match as unknown as [string, string, string, string];
  const first = parseDay(`${year}-${month.padStart(2, '0')}-01`);
  if (first === null || Number(day) < 1 || Number(day) > 31) return null;
  return formatDay(Math.min(first + (Number(day) - 1) * dayMs, monthOf(first).end - dayMs));
}

/** `YYYY-MM-DD` of an epoch ms. */
export function formatDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `YYYY-MM-DDTHH:MM:SSZ` of an epoch ms. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A UTC calendar month. `end` is the first instant of the next one. */
export interface Month {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly start: number;
  readonly end: number;
  /** `YYYY-MM` */
  readonly label: string;
}

/** The month that holds an instant. */
export function monthOf(ms: number): Month {
  const date = new Date(ms);
  return makeMonth(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** The months touched by the half-open range [start, end), in order. */
export function monthsBetween(start: number, end: number): Month[] {
  const months: Month[] = [];
  if (start >= end) return months;
  for (let month = monthOf(start); month.start < end; month = monthOf(month.end)) months.push(month);
  return months;
}

/** First instant of a UTC year. */
export function yearStart(year: number): number {
  return Date.UTC(year, 0, 1);
}

function makeMonth(year: number, month: number): Month {
  return { year, month, start: Date.UTC(year, month - 1, 1), end: Date.UTC(year, month, 1), label: `${year}-${String(month).padStart(2, '0')}` };
}
