import { barMs } from '../../core/time.ts';
import { count, percent, plural } from '../format.ts';
import { type Rule, tradeFiles } from './rule.ts';

/** Open trades with more than this share of the net result decide it. */
const heavyShare = 0.25;

/** Trades that ended because the data did. */
export const openTrades: Rule = ({ book, metrics, trades }) => {
  if (metrics.open_trades === 0) return null;
  const open = trades.filter(({ isOpen }) => isOpen);
  const pnl = open.reduce((sum, trade) => sum + trade.pnl, 0);
  const net = metrics.net_total_return;
  const lastBar = book.rows === 0 ? 0 : book.openTime[book.rows - 1]!;
  const early = [...new Set(open.filter(({ exitTime }) => exitTime < lastBar - barMs).map(({ symbol }) => symbol))];
  const whose = early.length === 0 ? '' : `, for ${early.join(', ')} before the last bar of the run`;
  const made = open.length === 0 ? '' : `; ${open.length === 1 ? 'it' : 'together they'} made ${percent(pnl).text} of the net ${percent(net).text}`;
  return {
    code: 'OPEN_TRADES',
    severity: net !== 0 && Math.abs(pnl / net) > heavyShare ? 'warning' : 'info',
    topic: 'result',
    text: `${plural(metrics.open_trades, 'trade')} still open at the end of the data${whose}, valued at the last close without an exit cost${made}.`,
    evidence: [
      { label: 'Open trades', value: count(metrics.open_trades) },
      { label: 'their pnl', value: percent(pnl) },
      { label: 'share of the net', value: percent(net === 0 ? null : pnl / net) },
    ],
    advice: 'Read the result without them, or end the window when nothing is open.',
    files: tradeFiles,
  };
};
