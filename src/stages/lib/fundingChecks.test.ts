import { describe, expect, it } from 'vitest';
import { hourMs } from '../../core/time.ts';
import type { FundingEvents } from '../../market/alignFunding.ts';
import { prepareFunding } from './fundingChecks.ts';
import { resolveRunConfig, type RunRequest } from './runConfig.ts';

const start = Date.UTC(2024, 0, 1);
const configOf = (more: RunRequest = {}) =>
  resolveRunConfig(
    { symbols: ['BTCUSDT'], start: '2024-01-01', end: '2024-01-31', ...more },
    {
      strategy: () => Promise.resolve({}),
      studies: () => Promise.resolve([]),
      policies: () => Promise.resolve([]),
      overlays: () => Promise.resolve({ overlays: [], parents: [] }),
      portfolio: () => Promise.reject(new Error('no portfolio was asked for')),
    },
  );

/** Events at the given hours (fractions allowed) with rates 1, 2, 3, ... ten-thousandths. */
function eventsAt(hours: readonly number[], interval = 8): FundingEvents {
  return {
    time: Float64Array.from(hours, (hour) => start + hour * hourMs),
    rate: Float64Array.from(hours, (_, index) => (index + 1) / 10_000),
    intervalHours: new Float64Array(hours.length).fill(interval),
  };
}

describe('settlement stamps off the hour', () => {
  it('are refused unless the run allows rounding', async () => {
    const config = await configOf();
    expect(() => prepareFunding('BTCUSDT', eventsAt([0, 8.02, 16]), config)).toThrow(expect.objectContaining({ code: 'E_FUNDING_STAMP' }));
  });

  it('are rounded to the nearest hour and counted when the run allows it', async () => {
    const config = await configOf({ allow_funding_timestamp_rounding: true });
    const { events, rounded } = prepareFunding('BTCUSDT', eventsAt([0, 8.02, 15.99]), config);
    expect([...events.time]).toEqual([0, 8, 16].map((hour) => start + hour * hourMs));
    expect(rounded).toBe(2);
  });

  it('are a conflict when rounding makes two events one', async () => {
    const config = await configOf({ allow_funding_timestamp_rounding: true });
    expect(() => prepareFunding('BTCUSDT', eventsAt([0, 0.02]), config)).toThrow(expect.objectContaining({ code: 'E_DATA_CONFLICT' }));
  });
});

describe('the reference’s 8-hour grid', () => {
  it('moves four-hourly events onto it and keeps the first of each stamp', async () => {
    const config = await configOf({ compat: 'reference' });
    const { events } = prepareFunding('BSVUSDT', eventsAt([0, 4, 8, 12, 16], 4), config);
    expect([...events.time]).toEqual([0, 8, 16].map((hour) => start + hour * hourMs));
    expect([...events.rate]).toEqual([0.0001, 0.0002, 0.0004]);
  });

  it('loses an event that is snapped past the end of its month, as month files are snapped one by one', async () => {
    const config = await configOf({ compat: 'reference' });
    const lastEvening = 30 * 24 + 20;
    const { events } = prepareFunding('BSVUSDT', eventsAt([lastEvening, lastEvening + 4], 4), config);
    expect([...events.time]).toEqual([Date.UTC(2024, 1, 1)]);
    expect([...events.rate]).toEqual([0.0002]);
  });
});
