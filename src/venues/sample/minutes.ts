import { namedStream } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';
import { barMs, dayMs } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import type { SampleInstrument } from './instruments.ts';
import { fillExponentials, quickNormal } from '../../core/normals.ts';
import { fillMinuteMoves, minutesPerBar } from './path.ts';
import type { RiskPath } from './path.ts';
import { allocateSeries, sliceSeries } from './series.ts';
import type { BarSeries } from './series.ts';
import { seasonality } from './volatility.ts';
import type { SymbolWalk } from './walk.ts';

export const minuteMs = 60_000;
/** Volume multiplier of the time of day and week. */
const volumeOfWeek = seasonality.map((value) => value ** 1.4);
const longestMonth = (31 * dayMs) / minuteMs;

export interface MinuteInputs {
  readonly instrument: SampleInstrument;
  readonly month: Month;
  readonly factor: RiskPath;
  /** Log moves of the factor per minute, [bars x 15]. */
  readonly factorMoves: Float64Array;
  readonly walk: SymbolWalk;
}

/** Log moves of the factor per minute, the same for every symbol of a seed. */
export function factorMinutes(seed: number, month: Month, factor: RiskPath): Float64Array {
  const moves = new Float64Array(factor.shock.length * minutesPerBar);
  fillMinuteMoves(factor, namedStream(`seed=${seed}/sample/factor-minutes/${month.label}`), moves);
  return moves;
}

/** Room for the minutes of the longest month: making it anew for every month would cost as much as filling it. */
export interface MinuteScratch {
  readonly series: BarSeries;
  readonly moves: Float64Array;
  readonly extremes: Float64Array;
}

export function allocateScratch(): MinuteScratch {
  return { series: allocateSeries(0, minuteMs, longestMonth), moves: new Float64Array(longestMonth), extremes: new Float64Array(2 * longestMonth) };
}

/**
 * One-minute bars of one month; 15-minute bars are made of these and of nothing else. Each opens at the close before.
 *
 * @returns a view of `scratch`, good until the next call
 */
export function minuteBars(seed: number, inputs: MinuteInputs, scratch: MinuteScratch): BarSeries {
  const { instrument, month, factorMoves, walk } = inputs;
  const { symbol } = instrument;
  const ownMoves = scratch.moves.subarray(0, factorMoves.length);
  const extremes = scratch.extremes.subarray(0, 2 * factorMoves.length);
  fillMinuteMoves(walk.own, namedStream(`seed=${seed}/sample/minutes/${symbol}/${month.label}`), ownMoves);
  fillExponentials(namedStream(`seed=${seed}/sample/extremes/${symbol}/${month.label}`), extremes);
  const trading = namedStream(`seed=${seed}/sample/activity/${symbol}/${month.label}`);
  const series = startSeries(scratch.series, month);
  const perUnit = 10 ** instrument.priceDecimals;
  const weights = new Float64Array(minutesPerBar);
  for (let bar = 0; bar < walk.activity.length; bar++) {
    writePrices(series, bar, inputs, { perUnit, ownMoves, extremes, weights });
    writeTrades(series, bar * minutesPerBar, weights, barTrades(inputs, bar, trading));
  }
  return series;
}

/** Prices of a bar's minutes, and how much is traded in each. Only the bar's own end is exact; in between a short series replaces exp. */
function writePrices(
  series: BarSeries,
  bar: number,
  { instrument, factor, factorMoves, walk }: MinuteInputs,
  { perUnit, ownMoves, extremes, weights }: { perUnit: number; ownMoves: Float64Array; extremes: Float64Array; weights: Float64Array },
): void {
  const { beta } = instrument;
  const shock = barShock(walk, factor, beta, bar) / Math.sqrt(minutesPerBar);
  const first = bar * minutesPerBar;
  const last = first + minutesPerBar - 1;
  let from = Math.exp(walk.logPrice[bar]!) * perUnit;
  for (let minute = first; minute <= last; minute++) {
    const move = ownMoves[minute]! + beta * factorMoves[minute]!;
    const to =
      minute === last ? Math.exp(walk.logPrice[bar + 1]!) * perUnit : from * (1 + move * (1 + (move / 2) * (1 + (move / 3) * (1 + move / 4))));
    // Highest and lowest point of a Brownian path between two prices: (a + b ± sqrt((b - a)^2 + 2 s^2 E)) / 2, E exponential.
    const spread = 2 * (shock * from) ** 2;
    const square = (to - from) ** 2;
    const up = extremes[2 * minute]!;
    const down = extremes[2 * minute + 1]!;
    const open = Math.max(1, Math.round(from));
    const close = Math.max(1, Math.round(to));
    series.open[minute] = open;
    series.high[minute] = Math.max(open, close, Math.round((from + to + Math.sqrt(square + spread * up)) / 2));
    series.low[minute] = Math.max(1, Math.min(open, close, Math.round((from + to - Math.sqrt(square + spread * down)) / 2)));
    series.close[minute] = close;
    weights[minute - first] = 0.3 + Math.abs(to - from) / (shock * from) + 0.25 * (up + down);
    from = to;
  }
}

/** Standard deviation of a bar's ordinary log move. */
function barShock(walk: SymbolWalk, factor: RiskPath, beta: number, bar: number): number {
  return Math.sqrt(walk.own.shock[bar]! ** 2 + (beta * factor.shock[bar]!) ** 2);
}

function startSeries(scratch: BarSeries, month: Month): BarSeries {
  const series = sliceSeries({ ...scratch, start: month.start }, month.start, month.end);
  series.isAbsent.fill(0);
  return series;
}

interface BarTrades {
  /** Wanted quantity of the bar, steps. */
  readonly volume: number;
  readonly takerShare: number;
  /** Trades per step of quantity. */
  readonly tradesPerStep: number;
}

/** Volume grows with volatility and with the size of the move; buyers take more when the price rises. */
function barTrades({ instrument, month, factor, walk }: MinuteInputs, bar: number, stream: RandomState): BarTrades {
  const { own, logPrice } = walk;
  const move = (logPrice[bar + 1]! - logPrice[bar]!) / barShock(walk, factor, instrument.beta, bar);
  const size = 0.6 + 0.4 * Math.min(8, Math.abs(move));
  const noise = 0.4 * walk.activity[bar]! + 0.25 * quickNormal(stream);
  const quote =
    instrument.quoteVolume *
    volumeOfWeek[(month.start / barMs + bar) % volumeOfWeek.length]! *
    size *
    Math.exp(0.75 * own.logVolatility[bar]! + noise);
  const volume = (quote / Math.exp(logPrice[bar]!)) * 10 ** instrument.quantityDecimals;
  const share = 0.5 + 0.09 * Math.tanh(move / 2) + 0.03 * quickNormal(stream);
  const trades = (quote / instrument.tradeValue) * Math.exp(0.1 * quickNormal(stream));
  return { volume, takerShare: Math.min(0.95, Math.max(0.05, share)), tradesPerStep: trades / volume };
}

/** Spreads a bar's trades over its minutes by weight; every minute has at least one trade, priced inside its range. */
function writeTrades(series: BarSeries, first: number, weights: Float64Array, { volume, takerShare, tradesPerStep }: BarTrades): void {
  let total = 0;
  for (let i = 0; i < minutesPerBar; i++) total += weights[i]!;
  for (let i = 0; i < minutesPerBar; i++) {
    const minute = first + i;
    const steps = Math.max(1, Math.round((volume * weights[i]!) / total));
    const taken = Math.round(steps * takerShare);
    const average = (series.open[minute]! + series.high[minute]! + series.low[minute]! + series.close[minute]!) / 4;
    series.volume[minute] = steps;
    series.quoteVolume[minute] = Math.round(steps * average);
    series.tradeCount[minute] = Math.max(1, Math.round(steps * tradesPerStep));
    series.takerVolume[minute] = taken;
    series.takerQuoteVolume[minute] = Math.round(taken * average);
  }
}
