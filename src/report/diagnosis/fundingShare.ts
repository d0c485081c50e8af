import { percent } from '../format.ts';
import type { ReportTrade } from '../model.ts';
import { bookFile, type Rule } from './rule.ts';

/** Flows of which so much goes one way are one-sided. */
const oneSided = 0.8;
/** Share of the net result from which funding matters, and from which it decides. */
const [noticeable, decisive] = [0.25, 0.5] as const;

/** Funding that is nearly all paid or nearly all received and makes a good part of the result. */
export const fundingShare: Rule = ({ book, metrics, setup, trades }) => {
  const net = metrics.net_total_return;
  if (!setup.fundingInPnl || metrics.total_trades === 0 || net === 0) return null;
  let [received, paid] = [0, 0];
  for (const amount of book.funding) {
    if (amount > 0) received += amount;
    else paid -= amount;
  }
  const flows = received + paid;
  const total = received - paid;
  const side = flows === 0 ? 0 : Math.max(received, paid) / flows;
  const share = Math.abs(total / net);
  if (side < oneSided || share < noticeable) return null;
  const verb = total > 0 ? 'received' : 'paid';
  return {
    code: 'FUNDING_ONE_SIDED',
    severity: share >= decisive ? 'warning' : 'info',
    topic: 'result',
    text: `${percent(side, { decimals: 0 }).text} of all funding is ${verb}: ${percent(total).text}, beside a net return of ${percent(net).text}; without funding it would be ${percent(net - total).text}.`,
    evidence: [
      { label: 'Received', value: percent(received) },
      { label: 'Paid', value: percent(-paid) },
      { label: 'Long trades', value: percent(fundingOf(trades, 'long')) },
      { label: 'Short trades', value: percent(fundingOf(trades, 'short')) },
      { label: 'Share of the net', value: percent(share) },
    ],
    advice:
      total > 0
        ? 'A result that is carried by funding is a carry trade: judge it as one, with its crashes.'
        : 'Positions sit on the crowded side: count funding into the entry rule, or avoid holding over settlements.',
    files: bookFile,
  };
};

function fundingOf(trades: readonly ReportTrade[], direction: string): number {
  return trades.reduce((sum, trade) => sum + (trade.direction === direction ? trade.funding : 0), 0);
}
