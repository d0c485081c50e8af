import type { Market } from '../../src/portfolio/book/market.ts';

/**
 * The book as one writes it first: every position of every bar in an array, every exposure added up anew on every bar. The twin that
 * portfolio/book is held against; without caps, throttle or missing bars.
 *
 * @param positions [edges][symbols][rows] unit exposures
 * @param weights   [days][edges] in force from the first bar of the day
 * @returns [rows] pnl
 */
export function naiveBook(
  positions: readonly (readonly Float64Array[])[],
  weights: readonly Float64Array[],
  market: Pick<Market, 'rows' | 'returns' | 'fundingRate'>,
  costFraction: number,
): Float64Array {
  const pnl = new Float64Array(market.rows);
  const symbols = market.returns.length;
  let held = new Float64Array(symbols);
  for (let row = 0; row < market.rows; row++) {
    const day = Math.floor(row / 96);
    const target = new Float64Array(symbols);
    for (let s = 0; s < symbols; s++) {
      for (let e = 0; e < positions.length; e++) target[s]! += weights[day]![e]! * positions[e]![s]![row]!;
      pnl[row]! += held[s]! * (market.returns[s]![row]! - market.fundingRate[s]![row]!) - costFraction * Math.abs(target[s]! - held[s]!);
    }
    held = target;
  }
  return pnl;
}
