import { bootstrapInterval, meanInterval } from '../../../stats/bootstrap/interval.ts';
import { stationaryResamples } from '../../../stats/bootstrap/resamples.ts';
import type { FundingSettings } from './fundingBars.ts';
import type { FundingRow } from './fundingRows.ts';
import { type FundingSample, sliceOf } from './fundingTables.ts';
import { leastSquares } from './leastSquares.ts';
import { finiteOf, groupBy, meanOf } from './sample.ts';

/** A part of the rows. */
export interface FundingSplit {
  readonly name: string;
  readonly value: string;
  readonly belongs: (row: FundingRow) => boolean;
}

/** Everything, each symbol, each trend, each volatility regime. */
export function simpleSplits(symbols: readonly string[]): FundingSplit[] {
  const by = (name: 'symbol' | 'bull_bear' | 'vol_regime', values: readonly string[]) =>
    values.map((value): FundingSplit => ({ name, value, belongs: (row) => row[name] === value }));
  return [
    { name: 'pooled', value: 'all', belongs: () => true },
    ...by('symbol', symbols),
    ...by('bull_bear', ['bull', 'bear']),
    ...by('vol_regime', ['low', 'high']),
  ];
}

const earlyBurst = (row: FundingRow) => (row.vol_hit_bar <= 8 ? 1 : 0);

/** Outcomes of the transition model with the number that the seed of each gets. */
function transitionOutcomes({ persistenceNormHorizon }: FundingSettings): readonly (readonly [string, number, (row: FundingRow) => number])[] {
  return [
    ['p_vol_burst_1_8', 11, earlyBurst],
    ['p_liq_30_80', 23, (row) => row.liq_30_80_hit],
    ['p_norm_within_h', 37, (row) => (row.time_to_normalization_bars <= persistenceNormHorizon ? 1 : 0)],
    ['p_drawdown_30_80', 41, (row) => row.drawdown_30_80_hit],
    ['mae_96_mean', 53, (row) => row.mae_96],
    ['realized_vol_mean_96', 67, (row) => row.realized_vol_mean_96],
  ];
}

/** Means of persistence windows beside those of their controls, by split and outcome. Resampled as if independent (S-23). */
export function fundingTransitions(sample: FundingSample, symbols: readonly string[], settings: FundingSettings) {
  return simpleSplits(symbols).flatMap(({ name, value, belongs }) => {
    const { events, controls } = sliceOf(sample, belongs);
    return transitionOutcomes(settings).map(([outcome, offset, of]) => {
      const [event, baseline] = [finiteOf(events.map(of)), finiteOf(controls.map(of))];
      const difference = meanOf(event) - meanOf(baseline);
      const stream = `seed=${settings.baselineSeed + 101 + offset}/reference-transition/${name}/${value}`;
      const interval = differenceInterval(event, baseline, { draws: settings.aucBootstrapIters, stream });
      return {
        split_name: name,
        split_value: value,
        outcome,
        event_n: event.length,
        baseline_n: baseline.length,
        event_value: meanOf(event),
        baseline_value: meanOf(baseline),
        delta: difference,
        delta_ci_low: interval?.[0] ?? Number.NaN,
        delta_ci_high: interval?.[1] ?? Number.NaN,
        status: interval === null ? 'insufficient' : interval[0] > 0 ? 'positive' : interval[1] < 0 ? 'negative' : 'includes_zero',
      };
    });
  });
}

/** Where 95 % of the differences of two resampled means lie; null without values on a side. */
function differenceInterval(a: Float64Array, b: Float64Array, { draws, stream }: { draws: number; stream: string }) {
  if (a.length === 0 || b.length === 0) return null;
  const means = (values: Float64Array, side: string) =>
    meanInterval(values, stationaryResamples(values.length, { meanBlock: 1, draws, stream: `${stream}/${side}` }), 0.05).bootstrapMeans;
  const [left, right] = [means(a, 'event'), means(b, 'baseline')];
  const differences = left.map((value, draw) => value - right[draw]!);
  return bootstrapInterval(meanOf(differences), differences, 0.05).percentile;
}

export const interactionTerms = [
  'intercept',
  'persistence',
  'is_bull',
  'is_high_vol',
  'is_eth',
  'persistence_x_bull',
  'persistence_x_high_vol',
  'persistence_x_eth',
] as const;

const interactionSymbols = ['BTCUSDT', 'ETHUSDT'];
const zero = 1e-8;

/** Linear probability models of persistence windows stacked on their controls, for all rows and by year; no standard errors. */
export function fundingInteractions({ events, controls }: FundingSample, { interactionMinRowsPerYear }: FundingSettings) {
  const usable = (row: FundingRow) => interactionSymbols.includes(row.symbol) && row.bull_bear !== 'flat' && row.vol_regime !== 'na';
  const rows = [...events.map((row) => ({ row, persistence: 1 })), ...controls.map((row) => ({ row, persistence: 0 }))].filter((entry) =>
    usable(entry.row),
  );
  const years = [...groupBy(rows, (entry) => entry.row.year)].filter(([, own]) => own.length >= interactionMinRowsPerYear);
  const outcomes: readonly (readonly [string, (row: FundingRow) => number])[] = [
    ['liq_30_80_hit', (row) => row.liq_30_80_hit],
    ['drawdown_30_80_hit', (row) => row.drawdown_30_80_hit],
    ['p_vol_burst_1_8', earlyBurst],
  ];
  if (rows.length === 0) return [];
  return outcomes.flatMap(([outcome, of]) => {
    const fit = (entries: typeof rows) =>
      leastSquares(
        entries.map(({ row, persistence }) => regressors(row, persistence)),
        entries.map(({ row }) => of(row)),
      );
    const full = fit(rows);
    const yearly = years.map(([year, own]) => ({ year, coefficients: fit(own) }));
    return interactionTerms.map((term, place) => {
      const signs = yearly.map(({ coefficients }) => signOf(coefficients[place]!));
      const moving = signs.filter((sign) => sign !== 0);
      const isStable = moving.length > 0 && moving.every((sign) => sign === signOf(full[place]!));
      return {
        event_type: 'funding_persistence_window',
        outcome,
        term,
        full_coef: full[place]!,
        full_sign: signOf(full[place]!),
        years_used: years.map(([year]) => year).join(','),
        year_signs: signs.join(','),
        stable_sign_over_years: isStable,
        status: moving.length === 0 ? 'insufficient' : isStable ? 'pass' : 'fail_sign_flip',
      };
    });
  });
}

function signOf(value: number): number {
  return Math.abs(value) <= zero ? 0 : Math.sign(value);
}

function regressors({ bull_bear, vol_regime, symbol }: FundingRow, persistence: number): number[] {
  const flags = [Number(bull_bear === 'bull'), Number(vol_regime === 'high'), Number(symbol === 'ETHUSDT')];
  return [1, persistence, ...flags, ...flags.map((flag) => flag * persistence)];
}
