import { AppError } from '../core/errors.ts';
import { requireFinite } from './requireFinite.ts';

export interface ExcursionTrade {
  readonly side: 'long' | 'short';
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** `intrabar` (or `open`): left during the last bar, whose later extremes were not lived through; `close`: held through it. */
  readonly exitWhen: 'intrabar' | 'open' | 'close';
}

/** Bars from the one entered at its open to the one left in. */
export interface ExcursionBars {
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
}

/** Moves against the entry price as signed fractions, positive in the trade's favor. */
export interface Excursion {
  /** Worst move while held: zero or negative. */
  readonly mae: number;
  /** Best move while held: zero or positive. */
  readonly mfe: number;
  readonly return: number;
}

/**
 * Worst and best move while a trade was held, and its return before costs.
 * An exit inside the last bar counts its open and the exit price against the trade, and only its open in favor.
 *
 * @param trade side, prices and how it was left
 * @param bars  [bars held] open, high and low, finite, read only
 * @throws E_INTERNAL on NaN, Infinity, an entry price that is not positive or an unknown side or exit
 * @source Sweeney 1996
 * @vector risk.excursion
 */
export function excursion(trade: ExcursionTrade, bars: ExcursionBars): Excursion {
  const { entryPrice, exitPrice, side, exitWhen } = trade;
  checkTrade(trade, bars);
  const sign = side === 'long' ? 1 : -1;
  const move = (price: number) => sign * (price / entryPrice - 1);
  const [worstOf, bestOf] = side === 'long' ? [bars.low, bars.high] : [bars.high, bars.low];
  const last = bars.open.length - 1;
  const through = exitWhen === 'close' ? last : last - 1;
  let mae = Math.min(0, move(exitPrice));
  let mfe = 0;
  for (let i = 0; i <= through; i++) {
    mae = Math.min(mae, move(worstOf[i]!));
    mfe = Math.max(mfe, move(bestOf[i]!));
  }
  if (exitWhen !== 'close' && last >= 0) {
    mae = Math.min(mae, move(bars.open[last]!));
    mfe = Math.max(mfe, move(bars.open[last]!));
  }
  return { mae, mfe, return: move(exitPrice) };
}

function checkTrade(trade: ExcursionTrade, bars: ExcursionBars): void {
  requireFinite([trade.entryPrice, trade.exitPrice], 'prices');
  for (const name of ['open', 'high', 'low'] as const) requireFinite(bars[name], name);
  const problem =
    trade.side !== 'long' && trade.side !== 'short'
      ? `side must be long or short, not ${String(trade.side)}`
      : !['intrabar', 'open', 'close'].includes(trade.exitWhen)
        ? `exit must be intrabar, open or close, not ${String(trade.exitWhen)}`
        : !(trade.entryPrice > 0)
          ? `entry price must be positive, not ${trade.entryPrice}`
          : bars.high.length !== bars.open.length || bars.low.length !== bars.open.length
            ? 'open, high and low must have one length'
            : null;
  if (problem !== null) throw new AppError('E_INTERNAL', { problem: `excursion: ${problem}` });
}
