import { describe, expect, it } from 'vitest';
import { barMs, dayMs, hourMs } from '../core/time.ts';
import type { FundingEvents } from './alignFunding.ts';
import { constantMonths, isConstantFunding, missingFunding, monthsOffGrid } from './fundingCoverage.ts';

const day = Date.UTC(2024, 0, 10);
const events = (hours: readonly number[], { interval = 8, rates = hours.map((_, k) => 0.0001 * k) } = {}): FundingEvents => ({
  time: Float64Array.from(hours, (hour) => day + hour * hourMs),
  rate: Float64Array.from(rates),
  intervalHours: Float64Array.from(hours, () => interval),
});
const window = { start: day, end: day + dayMs };
const hours = (found: ReturnType<typeof missingFunding>) => found.map(({ from, events: count }) => [(from - day) / hourMs, count]);

describe('missing funding', () => {
  it('is none where every settlement of the window is there', () => {
    expect(missingFunding(events([0, 8, 16]), window)).toEqual([]);
    expect(missingFunding(events([-8, 0, 8, 16, 24]), window)).toEqual([]);
  });

  it('is found between events, with its first time and its count', () => {
    expect(hours(missingFunding(events([0, 16]), window))).toEqual([[8, 1]]);
    expect(hours(missingFunding(events([0, 40]), { start: day, end: day + 2 * dayMs }))).toEqual([[8, 4]]);
  });

  it('is found before the first event and after the last', () => {
    expect(hours(missingFunding(events([8, 16]), window))).toEqual([[0, 1]]);
    expect(hours(missingFunding(events([0]), window))).toEqual([[8, 2]]);
  });

  it('is counted by the interval of the data', () => {
    expect(missingFunding(events([0, 4, 8, 12, 16, 20], { interval: 4 }), window)).toEqual([]);
    expect(hours(missingFunding(events([0, 4, 16, 20], { interval: 4 }), window))).toEqual([[8, 2]]);
  });

  it('is only looked for inside the window', () => {
    expect(missingFunding(events([-48, 0, 8, 16, 72]), window)).toEqual([]);
    expect(hours(missingFunding(events([-24, 48]), window))).toEqual([[0, 3]]);
    expect(hours(missingFunding(events([-24]), window))).toEqual([[0, 3]]);
    expect(hours(missingFunding(events([48]), window))).toEqual([[0, 3]]);
  });

  it('is the whole window where there are no events', () => {
    expect(hours(missingFunding(events([]), window))).toEqual([[0, 3]]);
  });

  it('does not mind seconds of jitter', () => {
    const late = events([0, 8, 16]);
    late.time[1] = late.time[1]! + 5_000;
    expect(missingFunding(late, window)).toEqual([]);
  });
});

describe('months off the 00/08/16 grid', () => {
  it('are those with another number of events than instants', () => {
    const time = events(Array.from({ length: 66 }, (_, k) => 8 * k)).time;
    const twoMonths = { start: day, end: Date.UTC(2024, 1, 1) };
    expect(monthsOffGrid(time, twoMonths)).toEqual([]);
    expect(monthsOffGrid(time.slice(1), twoMonths)).toEqual([{ month: '2024-01', expected: 66, observed: 65 }]);
    expect(monthsOffGrid(time, { start: day, end: Date.UTC(2024, 1, 2) })).toEqual([{ month: '2024-02', expected: 3, observed: 0 }]);
  });

  it('are judged inside the window alone, its end left out', () => {
    expect(monthsOffGrid(events([-8, 0, 8, 16, 24]).time, window)).toEqual([]);
    expect(monthsOffGrid(events([8]).time, { start: day + 8 * hourMs, end: day + 8 * hourMs + 1 })).toEqual([]);
  });
});

describe('constant funding', () => {
  const same = events([0, 8, 16], { rates: [0.0001, 0.0001, 0.0001] });

  it('is one rate over at least so many events of the window', () => {
    expect(isConstantFunding(same, window, 3)).toBe(true);
    expect(isConstantFunding(same, window, 4)).toBe(false);
    expect(isConstantFunding(events([0, 8, 16]), window, 3)).toBe(false);
  });

  it('does not look outside the window', () => {
    expect(isConstantFunding(events([-8, 0, 8, 16, 24], { rates: [9, 1, 1, 1, 9] }), window, 3)).toBe(true);
  });

  it('in the reference’s sense is a month whose aligned rates deviate by at most 1e-8', () => {
    const openTime = Float64Array.from({ length: 8 }, (_, row) => Date.UTC(2024, 1, 1) + (row - 4) * barMs);
    const rates = (before: number[], after: number[]) => Float64Array.from([...before, ...after]);
    expect(constantMonths(openTime, rates([1, 1, 1, 1], [1, 2, 1, 2]))).toEqual(['2024-01']);
    expect(constantMonths(openTime, rates([1, 1, 1, 1 + 1e-9], [5, Number.NaN, 5, 5]))).toEqual(['2024-01', '2024-02']);
    expect(constantMonths(openTime, rates([0, 0, 1e-6, 1e-6], [0, 0, 1e-6, 1e-6]))).toEqual([]);
    expect(constantMonths(openTime, new Float64Array(8).fill(Number.NaN))).toEqual([]);
    expect(constantMonths(new Float64Array(0), new Float64Array(0))).toEqual([]);
  });
});
