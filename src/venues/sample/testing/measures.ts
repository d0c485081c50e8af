import { barMs, monthsBetween } from '../../../core/time.ts';
import { noDefects } from '../defects.ts';
import type { SampleMarket } from '../market.ts';

/** Closes of 15-minute bars without planted defects over [from, to), in ticks. */
export function closesOf(market: SampleMarket, symbol: string, from: number, to: number): Float64Array {
  const closes: number[] = [];
  for (const month of monthsBetween(from, to)) {
    const bars = market.bars(symbol, month, noDefects);
    if (bars === null) continue;
    bars.close.forEach((close, i) => {
      const time = month.start + i * barMs;
      if (time >= from && time < to && bars.isAbsent[i] === 0) closes.push(close);
    });
  }
  return Float64Array.from(closes);
}

/** Log returns between neighbors. */
export function logReturns(closes: Float64Array): Float64Array {
  return closes.subarray(1).map((close, i) => Math.log(close / closes[i]!));
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

export function deviation(values: Float64Array): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

/** Pearson kurtosis; a normal has 3. */
export function kurtosis(values: Float64Array): number {
  const center = mean(values);
  return mean(values.map((value) => (value - center) ** 4)) / deviation(values) ** 4;
}

export function correlation(x: Float64Array, y: Float64Array): number {
  const [centerX, centerY] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - centerX) * (y[i]! - centerY))) / (deviation(x) * deviation(y));
}

export function autocorrelation(values: Float64Array, lag: number): number {
  return correlation(values.subarray(lag), values.subarray(0, values.length - lag));
}

/** Hill's estimate of the tail index from the largest share of absolute values. */
export function hillIndex(values: Float64Array, share: number): number {
  const sorted = values.map(Math.abs).sort().toReversed();
  const count = Math.floor(sorted.length * share);
  return 1 / mean(sorted.subarray(0, count).map((value) => Math.log(value / sorted[count]!)));
}

/** Mean over its standard error. */
export function tStatistic(values: Float64Array): number {
  return mean(values) / (deviation(values) / Math.sqrt(values.length));
}

export function quantile(values: Float64Array, share: number): number {
  return values.slice().sort()[Math.floor(values.length * share)]!;
}
