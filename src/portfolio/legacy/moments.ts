import type { LegacyMoments } from './weights.ts';

/** Stands for the deviation of an edge that did not move: the reference thereby gives it nearly everything. */
const stillDeviation = 1e-6;

/**
 * Equally weighted sample moments of the bars before one, as the reference takes them: the bar itself excluded, no shrinkage, no annualization.
 * Direct sums over each window: sliding ones would carry rounding from busy windows into still ones, where 1 / deviation magnifies it.
 *
 * @param returns per edge [bars], read only
 * @returns       a function of the bar; null where there is no history. Its arrays are overwritten by the next call.
 * @source governance specification 9.2
 */
export function legacyMoments(returns: readonly Float64Array[], lookbackBars: number): (bar: number) => LegacyMoments | null {
  const n = returns.length;
  const [mean, deviation, covariance] = [new Float64Array(n), new Float64Array(n), new Float64Array(n * n)];
  const centered = returns.map(() => new Float64Array(Math.max(0, lookbackBars)));
  const moves = returns.map(countsOfMoves);
  return (bar) => {
    const from = Math.max(0, bar - lookbackBars);
    const rows = bar - from;
    if (rows <= 0) return null;
    const isMoving = moves.map((count) => count[bar]! !== count[from]!);
    for (let e = 0; e < n; e++) mean[e] = isMoving[e] ? center(returns[e]!.subarray(from, bar), centered[e]!) : 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const isZero = rows < 2 || !isMoving[i] || !isMoving[j];
        covariance[i * n + j] = covariance[j * n + i] = isZero ? 0 : product(centered[i]!, centered[j]!, rows) / (rows - 1);
      }
      deviation[i] = Math.sqrt(covariance[i * n + i]!) || stillDeviation;
    }
    return { mean, deviation, covariance };
  };
}

/** [bars + 1] bars before each that hold a return other than 0. */
function countsOfMoves(values: Float64Array): Uint32Array {
  const counts = new Uint32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) counts[i + 1] = counts[i]! + (values[i] === 0 ? 0 : 1);
  return counts;
}

function center(values: Float64Array, into: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  const middle = total / values.length;
  for (let i = 0; i < values.length; i++) into[i] = values[i]! - middle;
  return middle;
}

function product(a: Float64Array, b: Float64Array, rows: number): number {
  let total = 0;
  for (let i = 0; i < rows; i++) total += a[i]! * b[i]!;
  return total;
}
