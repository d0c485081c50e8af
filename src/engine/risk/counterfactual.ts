import { barsPerYear } from '../../core/time.ts';
import { bootstrapDrawdowns } from '../../stats/bootstrap/drawdowns.ts';
import { bootstrapInterval, type Bounds } from '../../stats/bootstrap/interval.ts';
import { bootstrapPairedMeans } from '../../stats/bootstrap/pairedMeans.ts';
import { maxDrawdown } from '../../stats/growth.ts';
import { mean } from '../../stats/moments.ts';
import { netByDelay } from '../latencySensitivity.ts';
import type { Trade } from '../trades.ts';
import { type BookDays, bookDays, type RiskSeries, sumsByDay } from './bookDays.ts';
import { additiveObjectives, boundsOf, type DailyEffect, type Objective, resamplesOf } from './objective.ts';
import { type RegimeTally, tallyRegimes } from './regimes.ts';
import { type KeptShares, keptShares } from './riskReport.ts';
import { type StabilityChecks, stabilityChecks } from './stability.ts';

/** A figure of a book with overlays, of the same book without them, and the difference with its 95 % interval. */
export interface Delta {
  readonly with: number | null;
  readonly without: number | null;
  readonly delta: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What overlays made of a book; keys as in `overlay_bindings.json`. */
export interface Deltas {
  readonly net_total_return: Delta;
  readonly max_drawdown: Delta;
  readonly turnover_per_year: Delta;
  readonly time_in_market: Delta;
}

/** The same with what a promotion asks of the difference: its parts are named as those of `risk_metrics.json`. */
export interface Counterfactual extends Deltas {
  readonly objective: Pick<Objective, 'net_total_return' | 'avg_period_return'>;
  readonly stability_checks: StabilityChecks;
  readonly latency: KeptShares;
}

/** A book, or one line as a book of its own. */
export interface ComparedBook {
  readonly series: RiskSeries & { readonly turnover: Float64Array };
  readonly trades: readonly Trade[];
  /** Regimes of each trade's entry, [trades] as `regimeMarks` gives them. */
  readonly marks: ArrayLike<number>;
}

/** A book with overlays and the same lines without, on the same bars. */
export interface ComparedBooks {
  readonly with: ComparedBook;
  readonly without: ComparedBook;
  /** Name of the random stream. */
  readonly stream: string;
}

/**
 * Four figures of a book with and without its overlays. Intervals come from stationary-bootstrap resamples of UTC days, the same for both
 * books, with blocks as long as the difference in net return asks for (objective.ts); null where nothing differs or days are few.
 *
 * @formula max_drawdown is that of compounded UTC-day returns, positive; the others are those of metrics.json
 * @source governance specification 16.2 (B4), 17.7
 */
export function bookDeltas(books: ComparedBooks): Deltas {
  return measured(books).deltas;
}

/** The same with intervals, stability and latency of the difference in net return, for a promotion of the overlays. */
export function counterfactual(books: ComparedBooks): Counterfactual {
  const { deltas, difference, effect } = measured(books);
  const [own, other] = [netByDelay(books.with.series), netByDelay(books.without.series)];
  const changed = changedTrades(books);
  return {
    ...deltas,
    objective: additiveObjectives(difference, effect),
    stability_checks: stabilityChecks(changed.trades, difference, { effect, tally: changed.tally }),
    latency: keptShares(own.map((net, delay) => net - other[delay]!)),
  };
}

interface Difference {
  readonly firstDay: number;
  readonly net: Float64Array;
  readonly cost: Float64Array;
}

function measured({ with: own, without: other, stream }: ComparedBooks): { deltas: Deltas; difference: Difference; effect: DailyEffect } {
  const rows = own.series.pnl.length;
  const [days, otherDays] = [bookDays(own.series), bookDays(other.series)];
  const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, day) => value - b[day]!);
  const difference = { firstDay: days.firstDay, net: minus(days.net, otherDays.net), cost: minus(days.cost, otherDays.cost) };
  const count = difference.net.length;
  const byDay = ({ series }: ComparedBook, column: 'turnover' | 'grossExposure', of: (value: number) => number): Float64Array =>
    sumsByDay(series.openTime, series[column], { days: count, of });
  const turnover = minus(byDay(own, 'turnover', same), byDay(other, 'turnover', same));
  const held = minus(byDay(own, 'grossExposure', isHeld), byDay(other, 'grossExposure', isHeld));
  const resampled = resamplesOf(difference.net, stream);
  const { first: nets, second: turnovers } = resampled === null ? none : bootstrapPairedMeans(difference.net, turnover, resampled.resamples);
  const { first: helds } = resampled === null ? none : bootstrapPairedMeans(held, held, resampled.resamples);
  const bounds = (values: Float64Array, means: Float64Array | null): Bounds | null => (means === null ? null : boundsOf(values, means));
  const delta = (column: 'pnl' | 'turnover' | 'grossExposure', of: (value: number) => number, given: Scaled): Delta => {
    const [a, b] = [total(own.series[column], of), total(other.series[column], of)].map((sum) => (rows === 0 ? null : sum * given.scale));
    const [low, high] = given.bounds ?? [null, null];
    const scaled = (value: number | null): number | null => (value === null ? null : value * count * given.scale);
    return { with: a!, without: b!, delta: a === null ? null : a! - b!, low: scaled(low), high: scaled(high) };
  };
  const perBar = rows === 0 ? 0 : 1 / rows;
  return {
    difference,
    effect: { mean: mean(difference.net), interval: bounds(difference.net, nets), meanBlockDays: resampled?.meanBlockDays ?? null },
    deltas: {
      net_total_return: delta('pnl', same, { scale: 1, bounds: bounds(difference.net, nets) }),
      max_drawdown: drawdownDelta(days, otherDays, resampled?.resamples ?? null),
      turnover_per_year: delta('turnover', same, { scale: barsPerYear * perBar, bounds: bounds(turnover, turnovers) }),
      time_in_market: delta('grossExposure', isHeld, { scale: perBar, bounds: bounds(held, helds) }),
    },
  };
}

const none = { first: null, second: null };

interface Scaled {
  readonly scale: number;
  /** Of the daily mean. */
  readonly bounds: Bounds | null;
}

const same = (value: number): number => value;
const isHeld = (exposure: number): number => (exposure === 0 ? 0 : 1);

function drawdownDelta(own: BookDays, other: BookDays, resamples: Parameters<typeof bootstrapDrawdowns>[1] | null): Delta {
  const returns = [own, other].map(({ growth }) => growth[0]!.map((value) => value - 1)) as [Float64Array, Float64Array];
  const [a, b] = returns.map((daily) => maxDrawdown(daily)) as [number | null, number | null];
  const delta = a === null || b === null ? null : a - b;
  const isRuined = returns.some((daily) => daily.some((value) => value <= -1));
  if (resamples === null || delta === null || isRuined) return { with: a, without: b, delta, low: null, high: null };
  const [draws, otherDraws] = returns.map((daily) => bootstrapDrawdowns(daily, resamples)) as [Float64Array, Float64Array];
  const replicates = draws.map((depth, draw) => depth - otherDraws[draw]!);
  const [low, high] = bootstrapInterval(delta, replicates, 0.05).percentile ?? [null, null];
  return { with: a, without: b, delta, low, high };
}

/** Trades of the book without overlays that are not, as they are, in the book with them: counted by regime, with what the difference made there. */
function changedTrades({ with: own, without: other }: ComparedBooks): { trades: Trade[]; tally: RegimeTally } {
  const nameOf = ({ strategy, symbol, entryTime, exitTime, direction, pnl }: Trade) =>
    `${strategy} ${symbol} ${entryTime} ${exitTime} ${direction} ${pnl}`;
  const kept = new Set(own.trades.map(nameOf));
  const places = other.trades.flatMap((trade, i) => (kept.has(nameOf(trade)) ? [] : [i]));
  const trades = places.map((i) => other.trades[i]!);
  const [after, before] = [own, other].map((book) => tallyRegimes(book.trades, book.marks)) as [RegimeTally, RegimeTally];
  const counted = tallyRegimes(
    trades,
    places.map((i) => other.marks[i]!),
  );
  return { trades, tally: { trades: counted.trades, pnl: after.pnl.map((pnl, i) => pnl - before.pnl[i]!) } };
}

function total(column: Float64Array, of: (value: number) => number): number {
  let sum = 0;
  for (let row = 0; row < column.length; row++) sum += of(column[row]!);
  return sum;
}
