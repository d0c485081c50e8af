import { barsPerDay, formatDay } from '../../core/time.ts';
import { quantile } from '../../stats/quantile.ts';
import { count, percent, plural } from '../format.ts';
import type { ReportTrade } from '../model.ts';
import { type Rule, tradeFiles } from './rule.ts';

/** A hold is long from so many times the strategy's median, and from so many bars. */
const [timesMedian, fewestBars] = [10, 3 * barsPerDay] as const;
/** Long holds with more than this share of the net result decide it. */
const heavyShare = 0.25;

/** Trades that were held far longer than is usual for their strategy. */
export const longHolds: Rule = ({ metrics, trades }) => {
  const limits = new Map(
    [...new Set(trades.map(({ strategy }) => strategy))].map((id) => {
      const own = trades.filter(({ strategy }) => strategy === id);
      const median = quantile(
        own.map(({ barsHeld }) => barsHeld),
        0.5,
      )!;
      return [id, Math.max(fewestBars, timesMedian * median)];
    }),
  );
  const long = trades.filter(({ strategy, barsHeld }) => barsHeld >= limits.get(strategy)!);
  if (long.length === 0) return null;
  const longest = long.reduce((most, trade) => (trade.barsHeld > most.barsHeld ? trade : most));
  const pnl = long.reduce((sum, trade) => sum + trade.pnl, 0);
  const net = metrics.net_total_return;
  const days = (trade: ReportTrade) => count(trade.barsHeld / barsPerDay, { decimals: 1 });
  return {
    code: 'LONG_HOLDS',
    severity: net !== 0 && Math.abs(pnl / net) > heavyShare ? 'warning' : 'info',
    topic: 'result',
    text: `${plural(long.length, 'trade')} of ${count(trades.length).text} ${long.length === 1 ? 'was' : 'were'} held ${timesMedian} times longer than is usual for the strategy and made ${percent(pnl).text} of the net ${percent(net).text}; the longest, ${longest.symbol} from ${formatDay(longest.entryTime)}, took ${days(longest).text} days.`,
    evidence: [
      { label: 'Long holds', value: count(long.length) },
      { label: 'their pnl', value: percent(pnl) },
      { label: 'Longest, days', value: days(longest) },
      { label: 'its strategy', value: longest.strategy },
      { label: 'its pnl', value: percent(longest.pnl) },
    ],
    advice: 'A hold far beyond the rule usually means that the exit could not be judged (HELD_BLIND): look at the bars of that time.',
    files: tradeFiles,
  };
};
