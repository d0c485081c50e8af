import { barMs, hourMs } from '../../core/time.ts';
import { columnOf, type Frame } from '../frame.ts';
import type { Trade } from '../trades.ts';

/** States of the market at an entry, declared before any result: four splits, told from columns that are known at that close. */
export const regimes = [
  'volatility_low',
  'volatility_middle',
  'volatility_high',
  'trend_up',
  'trend_down',
  'funding_positive',
  'funding_negative',
  'session_asia',
  'session_europe',
  'session_america',
] as const;

export type Regime = (typeof regimes)[number];

/** Trades and their pnl by regime of their entry, in the order of `regimes`. A trade counts once per split, and not where the state is unknown. */
export interface RegimeTally {
  readonly trades: Float64Array;
  readonly pnl: Float64Array;
}

/** Bars over which the trend is told: 28 days. */
const trendBars = 2_688;

/**
 * The regimes of each trade's entry as bits in the order of `regimes`, [trades].
 *
 * Volatility: thirds of the trailing rank `rv_pct_2880`. Trend: sign of the return over 28 days. Funding: sign of the rate in force.
 * Session: the UTC hour of the entry's close, in thirds of the day.
 *
 * @source governance specification 17.6
 */
export function regimeMarks(trades: readonly Pick<Trade, 'entryRow' | 'entryTime'>[], frame: Frame): Uint16Array {
  const close = columnOf(frame, 'close');
  const rank = frame.columns['rv_pct_2880'];
  const funding = frame.columns['funding_rate_scaled'];
  return Uint16Array.from(trades, ({ entryRow: row, entryTime }) => {
    // The entry is decided at the close, one bar after the open that names it.
    const hour = Math.floor(((entryTime + barMs) / hourMs) % 24);
    return (
      bit(volatilityAt(rank?.[row])) |
      bit(signOf(close[row]! - (close[row - trendBars] ?? Number.NaN), 'trend_up', 'trend_down')) |
      bit(signOf(funding?.[row] ?? Number.NaN, 'funding_positive', 'funding_negative')) |
      bit(hour < 8 ? 'session_asia' : hour < 16 ? 'session_europe' : 'session_america')
    );
  });
}

/** Trades counted by the regimes that their marks name. */
export function tallyRegimes(trades: readonly Pick<Trade, 'pnl'>[], marks: ArrayLike<number>): RegimeTally {
  const tally = { trades: new Float64Array(regimes.length), pnl: new Float64Array(regimes.length) };
  trades.forEach(({ pnl }, i) => {
    for (let place = 0; place < regimes.length; place++) {
      if ((marks[i]! & (1 << place)) === 0) continue;
      tally.trades[place]!++;
      tally.pnl[place]! += pnl;
    }
  });
  return tally;
}

function bit(regime: Regime | null): number {
  return regime === null ? 0 : 1 << regimes.indexOf(regime);
}

function volatilityAt(rank: number | undefined): Regime | null {
  if (rank === undefined || Number.isNaN(rank)) return null;
  return rank < 100 / 3 ? 'volatility_low' : rank < 200 / 3 ? 'volatility_middle' : 'volatility_high';
}

function signOf(value: number, positive: Regime, negative: Regime): Regime | null {
  return value > 0 ? positive : value < 0 ? negative : null;
}
