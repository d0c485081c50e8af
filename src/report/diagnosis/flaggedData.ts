import { count, percent, plural } from '../format.ts';
import { type Rule } from './rule.ts';

/** Trades on flagged bars with more than this share of the net result decide it. */
const heavyShare = 0.25;

/** A result that rests on trades over bars of doubtful quality. */
export const flaggedData: Rule = ({ metrics, qualityShares }) => {
  const any = qualityShares.find(({ flag }) => flag === 'any');
  const net = metrics.net_total_return;
  if (any === undefined || any.trades === 0 || net === 0) return null;
  const without = net - any.tradesPnl;
  if (Math.abs(any.tradesPnl / net) <= heavyShare && without * net > 0) return null;
  return {
    code: 'FLAGGED_DATA_SHARE',
    severity: 'warning',
    topic: 'data',
    text: `${plural(any.trades, 'trade')} that touch a bar with a quality flag made ${percent(any.tradesPnl).text} of the net ${percent(net).text}; without them the result would be ${percent(without).text}.`,
    evidence: [
      { label: 'Trades on flagged bars', value: count(any.trades) },
      { label: 'their pnl', value: percent(any.tradesPnl) },
      { label: 'pnl of the flagged bars alone', value: percent(any.pnl) },
      { label: 'net without the trades', value: percent(without) },
    ],
    advice: 'See which flag it is (Data quality) and look at those trades: a wrong bar can make a result.',
    files: ['engine/metrics.json'],
  };
};
