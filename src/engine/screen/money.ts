import type { Profile } from '../../core/profile.ts';
import { clearSpans, type Positions } from '../positions.ts';

/** Money of one strategy on one symbol, all [rows], as fractions of the line's constant unit notional. */
export interface Money {
  /** Position in force after each bar's close. */
  readonly position: Float64Array;
  /** gross - cost + funding */
  readonly pnl: Float64Array;
  /** Price move on the position carried into the bar. */
  readonly gross: Float64Array;
  /** Fees and slippage, positive. */
  readonly cost: Float64Array;
  /** Funding received (positive) or paid (negative). */
  readonly funding: Float64Array;
  /** Rows on which a wanted position was set to 0 because the bar has no return. */
  readonly forcedFlat: number;
  /** Pairs (from, to): outside these half-open row ranges every column is zero. */
  readonly spans: Int32Array;
}

export interface MoneyOptions {
  /** Fees and slippage as a fraction of traded notional, per unit of position change. */
  readonly costFraction: number;
  readonly profile: Pick<Profile, 'fundingPnl' | 'gapReturn'>;
  /** Bars between decision and execution; 0 executes at the deciding close. */
  readonly delayBars?: number;
  /** [rows] 1 where there is no bar: nothing executes there, a delayed change waits for the next bar. */
  readonly isGap?: Uint8Array;
  /** An earlier result whose memory may be overwritten: only the rows it used are cleared. */
  readonly reuse?: Money;
}

/**
 * Close-to-close accounting of wanted positions: the position carried into a bar earns its return, every
 * change of position costs, and the position carried into a funding instant pays or receives.
 *
 * Sums run bar by bar inside each span; outside the spans everything is zero.
 *
 * @param returns [rows] close-to-close returns, NaN where there is none
 * @param fundingRate [rows] rate settling at each bar's close, 0 where none does
 * @formula gross_i = p_(i-1) r_i; cost_i = |p_i - p_(i-1)| c; funding_i = -p_(i-1) f_i; pnl_i = gross_i - cost_i + funding_i
 * @source core-pipeline specification 15.3; statistics specification 11 (funding), 13.6 (gaps)
 */
export function accountMoney(positions: Positions, returns: Float64Array, fundingRate: Float64Array, options: MoneyOptions): Money {
  const rows = returns.length;
  const { costFraction } = options;
  const delay = options.delayBars ?? 0;
  const dropsGaps = options.profile.gapReturn === 'force_flat_zero_pnl';
  const paysFunding = options.profile.fundingPnl;
  const { wanted } = positions;
  const { isGap } = options;
  const spans = delay === 0 ? positions.spans : delayedSpans(positions.spans, rows, delay, isGap);
  const money = columnsFor(rows, options.reuse);
  const { position, pnl, gross, cost, funding } = money;
  let forcedFlat = 0;
  let done = 0;
  for (let span = 0; span < spans.length; span += 2) {
    const from = Math.max(done, spans[span]!);
    const to = spans[span + 1]!;
    let previous = from > 0 && from < rows ? position[from - 1]! : 0;
    for (let row = from; row < to; row++) {
      const want = row >= delay ? wanted[row - delay]! : 0;
      const move = returns[row]!;
      const hasReturn = move === move;
      const canTrade = hasReturn || (!dropsGaps && isGap?.[row] !== 1);
      const next = canTrade ? want : dropsGaps ? 0 : previous;
      if (!hasReturn && dropsGaps && want !== 0) forcedFlat++;
      const moved = hasReturn && previous !== 0 ? previous * move : 0;
      const charged = canTrade ? Math.abs(next - previous) * costFraction : 0;
      const paid = paysFunding && previous !== 0 ? -previous * fundingRate[row]! : 0;
      position[row] = next;
      gross[row] = moved;
      cost[row] = charged;
      funding[row] = paid;
      pnl[row] = moved - charged + paid;
      previous = next;
    }
    done = Math.max(done, to);
  }
  return { ...money, forcedFlat, spans };
}

/** Spans of positions that execute late: each end waits for the first bar that exists. */
function delayedSpans(spans: Int32Array, rows: number, delay: number, isGap: Uint8Array | undefined): Int32Array {
  const out = new Int32Array(spans.length);
  for (let span = 0; span < spans.length; span += 2) {
    let last = Math.min(rows, spans[span + 1]! + delay) - 1;
    while (last < rows - 1 && isGap?.[last] === 1) last++;
    out[span] = Math.min(rows, spans[span]! + delay);
    out[span + 1] = last + 1;
  }
  return out;
}

function columnsFor(rows: number, reuse: Money | undefined): Pick<Money, 'position' | 'pnl' | 'gross' | 'cost' | 'funding'> {
  const column = (old: Float64Array | undefined) =>
    old === undefined || reuse === undefined ? new Float64Array(rows) : clearSpans(old, reuse.spans);
  return {
    position: column(reuse?.position),
    pnl: column(reuse?.pnl),
    gross: column(reuse?.gross),
    cost: column(reuse?.cost),
    funding: column(reuse?.funding),
  };
}
