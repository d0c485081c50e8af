import type { Frame } from '../../src/engine/frame.ts';

export interface NaiveSummary {
  trades: number;
  pnl: number;
}

/** Strategy `vol_compression_v1` with its defaults as one straightforward loop over columns: pnl and trades only. */
export function naiveVolCompression(frame: Frame, returns: Float64Array, cost: number): NaiveSummary {
  const { isGap, openTime } = frame;
  const close = frame.columns['close']!;
  const high = frame.columns['high']!;
  const low = frame.columns['low']!;
  const rank = frame.columns['rv_pct_2880']!;
  const range = frame.columns['range_96']!;
  const median = frame.columns['range_med_480']!;
  const upper = frame.columns['high_96']!;
  const lower = frame.columns['low_96']!;
  let side = 0;
  let entry = 0;
  let stop = 0;
  let target = 0;
  let lastDay = -1;
  let trades = 0;
  let pnl = 0;
  let previous = 0;
  for (let i = 1; i < frame.rows; i++) {
    const isValid =
      isGap[i] === 0 && !Number.isNaN(rank[i]) && !Number.isNaN(median[i]) && !Number.isNaN(upper[i - 1]) && !Number.isNaN(lower[i - 1]);
    if (isValid) {
      if (side !== 0) {
        const isStopped = side === 1 ? low[i]! <= stop : high[i]! >= stop;
        const isReached = side === 1 ? high[i]! >= target : low[i]! <= target;
        if (isStopped || isReached || i - entry >= 48 || rank[i]! > 40) side = 0;
      } else if (rank[i]! <= 10 && range[i]! <= 0.8 * median[i]!) {
        const day = Math.floor(openTime[i]! / 86_400_000);
        const direction = close[i]! > upper[i - 1]! ? 1 : close[i]! < lower[i - 1]! ? -1 : 0;
        if (day !== lastDay && direction !== 0) {
          const edge = direction === 1 ? lower[i]! : upper[i]!;
          const risk = direction * (close[i]! - edge);
          if (risk > 0) {
            side = direction;
            entry = i;
            stop = edge;
            target = close[i]! + 2 * direction * risk;
            lastDay = day;
            trades++;
          }
        }
      }
    }
    const move = returns[i]!;
    const now = move === move ? side : 0;
    if (move === move) pnl += previous * move - Math.abs(now - previous) * cost;
    previous = now;
  }
  return { trades, pnl };
}
