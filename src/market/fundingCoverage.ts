import { type FundingEvents, intervalAfter } from './alignFunding.ts';
import { hourMs, monthsBetween } from '../core/time.ts';

export interface MissingFunding {
  /** First settlement that should have been there (epoch ms). */
  readonly from: number;
  /** How many settlements are absent, by the interval in force. */
  readonly events: number;
}

/**
 * Stretches of the window without the settlements that the observed interval demands.
 *
 * @param window half-open, epoch ms
 */
export function missingFunding(events: FundingEvents, window: { start: number; end: number }): MissingFunding[] {
  const missing: MissingFunding[] = [];
  const { time, intervalHours } = events;
  if (time.length === 0) return [{ from: window.start, events: Math.max(1, Math.round((window.end - window.start) / (8 * hourMs))) }];
  const note = (from: number, to: number, step: number) => {
    const first = Math.max(from, from + Math.ceil((window.start - from) / step) * step);
    const count = Math.ceil((Math.min(to, window.end) - first) / step);
    if (count > 0 && first < window.end) missing.push({ from: first, events: count });
  };
  const firstStep = intervalHours[0]! * hourMs;
  const gridStart = time[0]! - Math.floor((time[0]! - window.start) / firstStep) * firstStep;
  if (time[0]! > window.start) note(gridStart, time[0]!, firstStep);
  for (let i = 0; i + 1 < time.length; i++) {
    const step = intervalAfter(events, i);
    if (time[i + 1]! - time[i]! > step + hourMs / 2) note(time[i]! + step, time[i + 1]!, step);
  }
  const last = time.length - 1;
  const lastStep = intervalHours[last]! * hourMs;
  if (time[last]! + lastStep < window.end) note(time[last]! + lastStep, window.end, lastStep);
  return missing;
}

/** Months whose number of distinct events differs from the 00/08/16 grid: the reference's test. */
export function monthsOffGrid(time: Float64Array, window: { start: number; end: number }): { month: string; expected: number; observed: number }[] {
  const off: { month: string; expected: number; observed: number }[] = [];
  for (const month of monthsBetween(window.start, window.end)) {
    const [from, to] = [Math.max(window.start, month.start), Math.min(window.end, month.end)];
    const step = 8 * hourMs;
    const expected = Math.ceil(to / step) - Math.ceil(from / step);
    let observed = 0;
    for (const t of time) if (t >= from && t < to) observed++;
    if (observed !== expected) off.push({ month: month.label, expected, observed });
  }
  return off;
}

/** True when at least `minEvents` events of the window all carry one rate. */
export function isConstantFunding(events: FundingEvents, window: { start: number; end: number }, minEvents: number): boolean {
  let count = 0;
  let first = Number.NaN;
  for (let i = 0; i < events.time.length; i++) {
    if (events.time[i]! < window.start || events.time[i]! >= window.end) continue;
    if (count === 0) first = events.rate[i]!;
    else if (events.rate[i] !== first) return false;
    count++;
  }
  return count >= minEvents;
}

/**
 * Months whose aligned rates have a population standard deviation within 1e-8 of zero: the reference's test.
 *
 * @param openTime [rows], rate [rows] aligned, NaN is left out
 */
export function constantMonths(openTime: Float64Array, rate: Float64Array): string[] {
  const months: string[] = [];
  if (openTime.length === 0) return months;
  const end = openTime[openTime.length - 1]! + 1;
  for (const month of monthsBetween(openTime[0]!, end)) {
    let [count, sum] = [0, 0];
    const values: number[] = [];
    for (let row = 0; row < openTime.length; row++) {
      const value = rate[row]!;
      if (openTime[row]! < month.start || openTime[row]! >= month.end || value !== value) continue;
      count++;
      sum += value;
      values.push(value);
    }
    const mean = sum / count;
    const variance = values.reduce((total, value) => total + (value - mean) * (value - mean), 0) / count;
    if (count > 0 && Math.sqrt(variance) <= 1e-8) months.push(month.label);
  }
  return months;
}
