import { barsPerYear } from '../../core/time.ts';
import { blockLength } from '../../stats/bootstrap/blockLength.ts';
import { bootstrapInterval, type Bounds } from '../../stats/bootstrap/interval.ts';
import { bootstrapPairedMeans } from '../../stats/bootstrap/pairedMeans.ts';
import { type Resamples, stationaryResamples } from '../../stats/bootstrap/resamples.ts';
import { mean } from '../../stats/moments.ts';
import { type BookDays, costMultiples } from './bookDays.ts';

/** A metric under each of `costMultiples` (`1x` is the run's own cost); there with the lower end of its 95 % interval. */
export type ObjectiveRow = Readonly<Record<`${number}x`, { readonly point: number | null; readonly lower95?: number | null }>>;

/** Every metric that a specification may aim at. */
export type Objective = Readonly<Record<'net_total_return' | 'net_cagr' | 'avg_period_return' | 'geometric_mean_return', ObjectiveRow>>;

/** The mean net return of a UTC day with its 95 % interval. */
export interface DailyEffect {
  readonly mean: number | null;
  readonly interval: Bounds | null;
  readonly meanBlockDays: number | null;
}

/** Days below which nothing is resampled. */
export const leastDays = 30;
/** Mean block at least, in days: trades last over midnight whatever the correlation of daily returns shows. */
export const leastBlockDays = 5;
/** Resamples behind every interval of a run. */
export const riskDraws = 2_000;

/** Daily money of a book, or of the difference between two. [days] each. */
export type DailyMoney = Pick<BookDays, 'net' | 'cost'>;

/**
 * The four objectives under every cost, and the mean daily net return with its interval, all from one set of stationary-bootstrap resamples of
 * UTC days, blocks as long as the daily net returns ask for and at least five days. Intervals are percentiles; null for fewer than 30 days or no
 * variance.
 *
 * @param rows   bars of the book, for the yearly rate
 * @param stream name of the random stream
 * @formula net_total_return = sum(pnl); avg_period_return = net_total_return / days; geometric_mean_return = (product(1 + r_d))^(1/days) - 1;
 *   net_cagr = (product(1 + r_d))^(35040/bars) - 1
 * @source governance specification 17.6; statistics specification 6, 9
 */
export function objectives(days: BookDays, rows: number, stream: string): { objective: Objective; effect: DailyEffect } {
  const logs = days.growth.map(logsOf);
  const { effect, log } = dailyIntervals(days.net, logs[0]!, stream);
  const compounded: Estimates = { points: logs.map((values) => values && mean(values)), low: log?.[0] ?? null };
  const yearly = rows === 0 ? 0 : (days.net.length * barsPerYear) / rows;
  return {
    objective: {
      ...additiveObjectives(days, effect),
      net_cagr: rowOf(compounded, (value) => Math.exp(value * yearly) - 1),
      geometric_mean_return: rowOf(compounded, (value) => Math.exp(value) - 1),
    },
    effect,
  };
}

/** The two objectives that sum money, which differences of books have as well. */
export function additiveObjectives({ net, cost }: DailyMoney, effect: DailyEffect): Pick<Objective, 'net_total_return' | 'avg_period_return'> {
  const paid = mean(cost) ?? 0;
  const additive: Estimates = {
    points: costMultiples.map((multiple) => (effect.mean === null ? null : effect.mean - (multiple - 1) * paid)),
    low: effect.interval?.[0] ?? null,
  };
  return { net_total_return: rowOf(additive, (perDay) => perDay * net.length), avg_period_return: rowOf(additive, (perDay) => perDay) };
}

/** Resamples of the days of a book, by the rules of this file; null where nothing can be resampled. */
export function resamplesOf(net: Float64Array, stream: string): { resamples: Resamples; meanBlockDays: number } | null {
  const fitting = net.length < leastDays ? null : blockLength(net).stationary;
  if (fitting === null) return null;
  const meanBlockDays = Math.max(leastBlockDays, fitting);
  return { resamples: stationaryResamples(net.length, { meanBlock: meanBlockDays, draws: riskDraws, stream }), meanBlockDays };
}

/** The mean daily net return with its interval, and the interval of the mean logarithmic growth. */
function dailyIntervals(net: Float64Array, log: Float64Array | null, stream: string): { effect: DailyEffect; log: Bounds | null } {
  const resampled = resamplesOf(net, stream);
  if (resampled === null) return { effect: { mean: mean(net), interval: null, meanBlockDays: null }, log: null };
  const { first, second } = bootstrapPairedMeans(net, log ?? net, resampled.resamples);
  const effect = { mean: mean(net), interval: boundsOf(net, first), meanBlockDays: resampled.meanBlockDays };
  return { effect, log: log && boundsOf(log, second) };
}

/** Percentile bounds of a mean at 95 %. @param means [draws] */
export function boundsOf(values: Float64Array, means: Float64Array): Bounds | null {
  return bootstrapInterval(mean(values), means, 0.05).percentile;
}

interface Estimates {
  /** One per cost multiple. */
  readonly points: readonly (number | null)[];
  readonly low: number | null;
}

function rowOf({ points, low }: Estimates, scale: (value: number) => number): ObjectiveRow {
  const scaled = (value: number | null): number | null => (value === null ? null : scale(value));
  const at = (multiple: number, point: number | null) => (multiple === 1 ? { point: scaled(point), lower95: scaled(low) } : { point: scaled(point) });
  return Object.fromEntries(costMultiples.map((multiple, k) => [`${multiple}x`, at(multiple, points[k]!)]));
}

/** Logarithms of the daily growth; null without days, or where one lost everything: nothing compounds from there. */
function logsOf(growth: Float64Array): Float64Array | null {
  return growth.length === 0 || growth.some((value) => value <= 0) ? null : growth.map((value) => Math.log(value));
}
