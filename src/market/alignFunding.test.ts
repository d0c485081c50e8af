import { describe, expect, it } from 'vitest';
import { barMs, dayMs, hourMs } from '../core/time.ts';
import { alignFunding, type FundingEvents, intervalAfter, settlingRates } from './alignFunding.ts';

const day = Date.UTC(2024, 0, 10);
const events = (hours: readonly number[], intervals: readonly number[] = hours.map(() => 8)): FundingEvents => ({
  time: Float64Array.from(hours, (hour) => day + hour * hourMs),
  rate: Float64Array.from(hours, (_, k) => 0.0001 * (k + 1)),
  intervalHours: Float64Array.from(intervals),
});
const grid = (rows: number, from = day) => Float64Array.from({ length: rows }, (_, row) => from + row * barMs);

describe('aligned funding', () => {
  it('lacks a rate on exactly the bars before the first event', () => {
    const aligned = alignFunding(events([0, 8, 16]), grid(96, day - hourMs), 'infinite');
    expect([...aligned.rate.keys()].filter((row) => Number.isNaN(aligned.rate[row]!))).toEqual([0, 1, 2, 3]);
    expect(aligned.missingRows / 96).toBe(4 / 96);
    expect([...aligned.eventTime].filter((time) => !Number.isNaN(time))).toHaveLength(92);
  });

  it('changes on the bar that opens at the event, not before', () => {
    const { rate, eventTime } = alignFunding(events([0, 8]), grid(40), 'infinite');
    expect([rate[31], rate[32]]).toEqual([0.0001, 0.0002]);
    expect([eventTime[31], eventTime[32]]).toEqual([day, day + 8 * hourMs]);
  });

  it('takes the latest of several events before the first bar', () => {
    expect(alignFunding(events([-16, -8, 0]), grid(1, day - barMs), 'infinite').rate[0]).toBe(0.0002);
  });

  it('keeps an event for ever when told so', () => {
    const { rate, staleRows } = alignFunding(events([0]), grid(96 * 3), 'infinite');
    expect([rate.at(-1), staleRows]).toEqual([0.0001, 0]);
  });

  it('drops an event that is older than its interval and an hour', () => {
    const { rate, eventTime, staleRows, missingRows } = alignFunding(events([0]), grid(96), 'interval');
    expect([rate[36], rate[37]]).toEqual([0.0001, Number.NaN]);
    expect(eventTime[37]).toBeNaN();
    expect([staleRows, missingRows]).toEqual([96 - 37, 96 - 37]);
  });

  it('comes back with the next event', () => {
    expect(alignFunding(events([0, 24]), grid(100), 'interval').rate[96]).toBe(0.0002);
  });

  it('waits for the longer of two intervals where they change', () => {
    expect(intervalAfter(events([0, 4, 12], [4, 4, 8]), 1)).toBe(8 * hourMs);
    expect(intervalAfter(events([0, 8, 12], [8, 8, 4]), 1)).toBe(8 * hourMs);
    expect(intervalAfter(events([0, 8], [8, 8]), 1)).toBe(8 * hourMs);
  });

  it('is all missing without events', () => {
    expect(alignFunding(events([]), grid(3), 'interval')).toMatchObject({ missingRows: 3, staleRows: 0 });
  });
});

describe('rates that settle at the close of a bar', () => {
  const settle = (of: FundingEvents, openTime: Float64Array) => {
    const { eventTime, rate } = alignFunding(of, openTime, 'interval');
    return settlingRates(openTime, eventTime, rate);
  };

  it('are on the bar before the one that opens at the event, and nowhere else', () => {
    const rates = settle(events([0, 8]), grid(40));
    expect([...rates.keys()].filter((row) => rates[row] !== 0)).toEqual([31]);
    expect(rates[31]).toBe(0.0002);
  });

  it('are each paid once', () => {
    const rates = settle(events([0, 8, 16, 24]), grid(2 * 96, day - dayMs / 2));
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(0.001, 12);
  });

  it('include a settlement shortly after a bar’s open', () => {
    const late = events([8]);
    late.time[0] = late.time[0]! + 60_000;
    const rates = settle(late, grid(40));
    expect([...rates.keys()].filter((row) => rates[row] !== 0)).toEqual([32]);
  });
});
