import { abmaDefinition, minuteMs } from './abmaEvents.ts';
import { placeAfter, type SymbolTape } from './abmaTape.ts';
import { finiteOf, meanOf, medianOf } from './sample.ts';

/** The order book at each second after an anchor, [1801]; NaN where there is no usable quote. */
export interface AbmaCurve {
  readonly effSpread: Float64Array;
  readonly microDev: Float64Array;
  readonly microprice: Float64Array;
  /** 1 where both prices are positive. */
  readonly isValid: Uint8Array;
}

export interface AbmaMetrics {
  readonly spread_half_life_sec: number;
  readonly microprice_var_decay_rate: number;
  readonly trade_sign_entropy_mean: number;
}

const windowSeconds = abmaDefinition.event_window_minutes * 60;
const smoothing = 1 - 2 ** (-1 / abmaDefinition.microprice_half_life_seconds);

/**
 * The book as of each second from an anchor on: the last quote at or before it, however old.
 *
 * @source research specification 4.9
 */
export function abmaCurve({ quotes }: SymbolTape, anchor: number): AbmaCurve {
  const points = windowSeconds + 1;
  const curve = {
    effSpread: new Float64Array(points).fill(Number.NaN),
    microDev: new Float64Array(points).fill(Number.NaN),
    microprice: new Float64Array(points).fill(Number.NaN),
    isValid: new Uint8Array(points),
  };
  for (let tau = 0; tau < points; tau++) {
    const last = placeAfter(quotes.ts, anchor + tau * 1000) - 1;
    if (last < 0 || !(quotes.bid[last]! > 0 && quotes.ask[last]! > 0)) continue;
    const [bid, ask, bidSize, askSize] = [quotes.bid[last]!, quotes.ask[last]!, quotes.bidSize[last]!, quotes.askSize[last]!];
    const mid = (bid + ask) / 2;
    curve.isValid[tau] = 1;
    curve.effSpread[tau] = Math.max(ask - bid, 0) / mid;
    if (!(bidSize + askSize > 0)) continue;
    curve.microprice[tau] = (ask * bidSize + bid * askSize) / (bidSize + askSize);
    curve.microDev[tau] = Math.abs(curve.microprice[tau]! - mid) / mid;
  }
  return curve;
}

/** The three numbers of one anchor; NaN where there is too little to tell. */
export function abmaMetrics(tape: SymbolTape, anchor: number, curve: AbmaCurve): AbmaMetrics {
  return {
    spread_half_life_sec: spreadHalfLife(curve.effSpread),
    microprice_var_decay_rate: varianceDecay(curve.microprice),
    trade_sign_entropy_mean: signEntropy(tape, anchor),
  };
}

/** Seconds until the spread is at most the median of this same window, so that any steady fall takes half of it (S-06). */
export function spreadHalfLife(spreads: Float64Array): number {
  const present = finiteOf(spreads);
  const target = medianOf(present);
  const place = present.findIndex((spread) => spread <= target);
  return place < 0 ? Number.NaN : place;
}

/** How fast the log of the smoothed variance of the microprice falls, per second. */
export function varianceDecay(microprice: Float64Array): number {
  const prices = microprice.filter((price) => price > 0);
  if (prices.length < 3) return Number.NaN;
  const logs = smoothedVariances(prices)
    .filter((variance) => variance > 0)
    .map(Math.log);
  return logs.length < 3 ? Number.NaN : -slopeOf(logs);
}

/** Exponentially weighted variances of the log changes from the second one on; the oldest change has all the weight that is left. */
function smoothedVariances(prices: Float64Array): number[] {
  const variances: number[] = [];
  let [mean, spread, squaredWeights] = [Number.NaN, 0, 1];
  for (let i = 1; i < prices.length; i++) {
    const change = Math.log(prices[i]!) - Math.log(prices[i - 1]!);
    if (i === 1) {
      mean = change;
      continue;
    }
    const step = change - mean;
    mean += smoothing * step;
    spread = (1 - smoothing) * (spread + smoothing * step * step);
    squaredWeights = (1 - smoothing) ** 2 * squaredWeights + smoothing ** 2;
    variances.push(spread / (1 - squaredWeights));
  }
  return variances;
}

/** Least-squares slope over 0, 1, 2, ... */
function slopeOf(values: readonly number[]): number {
  const [middle, center] = [(values.length - 1) / 2, meanOf(values)];
  let [product, square] = [0, 0];
  values.forEach((value, x) => {
    product += (x - middle) * (value - center);
    square += (x - middle) ** 2;
  });
  return product / square;
}

/** Mean entropy, in bits, of the signs of every 50 trades in a row after the anchor. A trade at the last price has the last sign. */
function signEntropy({ trades }: SymbolTape, anchor: number): number {
  const width = abmaDefinition.trade_sign_entropy_trades;
  const [from, to] = [placeAfter(trades.ts, anchor - 1), placeAfter(trades.ts, anchor + abmaDefinition.event_window_minutes * minuteMs)];
  if (to - from < width) return Number.NaN;
  const signs = new Int8Array(to - from);
  for (let i = 1; i < signs.length; i++) signs[i] = Math.sign(trades.price[from + i]! - trades.price[from + i - 1]!) || signs[i - 1]!;
  const entropies: number[] = [];
  let [up, down] = [0, 0];
  signs.forEach((sign, i) => {
    const leaving = i < width ? 0 : signs[i - width]!;
    up += Number(sign > 0) - Number(leaving > 0);
    down += Number(sign < 0) - Number(leaving < 0);
    if (i >= width - 1) entropies.push(bits(up / width) + bits(down / width));
  });
  return meanOf(entropies);
}

function bits(share: number): number {
  return share > 0 ? -share * Math.log2(share) : 0;
}
