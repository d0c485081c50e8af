import { type FundingBars, type FundingSettings, type FundingType, fundingTypes } from './fundingBars.ts';
import type { FundingControl, FundingRow } from './fundingRows.ts';
import { meanOf, medianOf, quantileOf } from './sample.ts';

export interface FundingSample {
  readonly events: readonly FundingRow[];
  readonly controls: readonly FundingControl[];
}

export const fundingStatistics =
  'liquidation_probability vol_burst_likelihood time_to_normalization_median time_to_normalization_p75 post_event_vol_decay_mean post_event_vol_decay_median';

/** Rows of some kind in both samples. */
export function sliceOf({ events, controls }: FundingSample, belongs: (row: FundingRow) => boolean): FundingSample {
  return { events: events.filter(belongs), controls: controls.filter(belongs) };
}

function statisticsOf(rows: readonly FundingRow[]) {
  const times = rows.map((row) => row.time_to_normalization_bars);
  const decays = rows.map((row) => row.post_event_vol_decay);
  return {
    liquidation_probability: meanOf(rows.map((row) => row.liquidation_prob)),
    vol_burst_likelihood: meanOf(rows.map((row) => row.vol_burst_prob)),
    time_to_normalization_median: medianOf(times),
    time_to_normalization_p75: quantileOf(times, 0.75),
    post_event_vol_decay_mean: meanOf(decays),
    post_event_vol_decay_median: medianOf(decays),
  };
}

/** Symbols and types with their events; what never happened counts as 0 (S-14). */
export function fundingBySymbol(symbols: readonly string[], events: readonly FundingRow[]) {
  return symbols.flatMap((symbol) =>
    fundingTypes.map((type) => {
      const rows = events.filter((row) => row.symbol === symbol && row.event_type === type);
      const zeros = Object.entries(statisticsOf(rows)).map(([name, value]) => [name, value || 0] as const);
      return { symbol, event_type: type, event_count: rows.length, ...Object.fromEntries(zeros) } as {
        symbol: string;
        event_type: FundingType;
        event_count: number;
      } & ReturnType<typeof statisticsOf>;
    }),
  );
}

/** The same per type: counts summed, the rest a mean over symbols whatever their counts. */
export function fundingPooled(bySymbol: ReturnType<typeof fundingBySymbol>) {
  return fundingTypes.map((type) => {
    const rows = bySymbol.filter((row) => row.event_type === type);
    const names = fundingStatistics.split(' ') as (keyof ReturnType<typeof statisticsOf>)[];
    const means = names.map((name) => [name, meanOf(rows.map((row) => row[name])) || 0] as const);
    return { event_type: type, event_count: rows.reduce((sum, row) => sum + row.event_count, 0), ...Object.fromEntries(means) };
  });
}

/** Events beside their controls, per symbol and type. */
export function fundingBaselines(symbols: readonly string[], sample: FundingSample) {
  return symbols.flatMap((symbol) =>
    fundingTypes.map((type) => {
      const { events, controls } = sliceOf(sample, (row) => row.symbol === symbol && row.event_type === type);
      const [event, baseline] = [statisticsOf(events), statisticsOf(controls)];
      return {
        symbol,
        event_type: type,
        event_count: events.length,
        baseline_count: controls.length,
        event,
        baseline,
        delta_liquidation_probability: event.liquidation_probability - baseline.liquidation_probability,
        delta_vol_burst_likelihood: event.vol_burst_likelihood - baseline.vol_burst_likelihood,
        delta_time_to_normalization_median: event.time_to_normalization_median - baseline.time_to_normalization_median,
        delta_post_event_vol_decay_mean: event.post_event_vol_decay_mean - baseline.post_event_vol_decay_mean,
      };
    }),
  );
}

/** Steps of the absolute rate from one settlement to the next; bars whose settlement is not named count where the rate changes. */
function rateSteps({ frame, rate }: FundingBars): Float64Array {
  const stamps = frame.columns['funding_event_ts'];
  const steps: number[] = [];
  let last = Number.NaN;
  for (let bar = 0; bar < frame.rows; bar++) {
    if (Number.isNaN(rate[bar])) continue;
    const isNew = stamps === undefined ? rate[bar] !== last : stamps[bar] !== stamps[bar - 1];
    if (!isNew) continue;
    if (!Number.isNaN(last)) steps.push(rate[bar]! - last);
    last = rate[bar]!;
  }
  return Float64Array.from(steps);
}

/** How often the rate jumps, by symbol and over all: quantiles of its steps and runs of large ones. */
export function fundingSteps(parts: readonly FundingBars[], { accelQuantile, accelPersistenceIntervals }: FundingSettings) {
  const series = parts.map((bars) => ({ symbol: bars.frame.symbol, steps: rateSteps(bars) }));
  const row = (symbol: string, samples: readonly Float64Array[]) => {
    const steps = samples.flatMap((sample) => Array.from(sample));
    const threshold = quantileOf(steps, accelQuantile);
    return {
      symbol,
      funding_event_count: steps.length,
      delta_q95: quantileOf(steps, 0.95),
      delta_q99: quantileOf(steps, 0.99),
      delta_q995: quantileOf(steps, 0.995),
      accel_quantile: accelQuantile,
      threshold,
      persistence_intervals: accelPersistenceIntervals,
      runs: samples.reduce((sum, sample) => sum + runsOf(sample, threshold, accelPersistenceIntervals), 0),
    };
  };
  return [
    ...series.map(({ symbol, steps }) => row(symbol, [steps])),
    row(
      'ALL',
      series.map(({ steps }) => steps),
    ),
  ];
}

/** Runs of values at or above a level that reach a length. */
function runsOf(values: Float64Array, level: number, length: number): number {
  let [run, runs] = [0, 0];
  for (const value of values) {
    run = value >= level ? run + 1 : 0;
    if (run === length) runs++;
  }
  return runs;
}
