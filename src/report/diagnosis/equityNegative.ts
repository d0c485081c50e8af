import { formatDay } from '../../core/time.ts';
import { lowestEquity } from '../dailyBook.ts';
import { money, setting } from '../format.ts';
import { bookFile, type Rule } from './rule.ts';

/** Losses beyond the capital: what follows could not have been traded. */
export const equityNegative: Rule = ({ book, setup }) => {
  const lowest = lowestEquity(book, setup.initialEquity);
  if (lowest > 0) return null;
  let [net, row] = [0, 0];
  while (row < book.rows && 1 + (net += book.pnl[row]!) > 0) row++;
  return {
    code: 'EQUITY_NEGATIVE',
    severity: 'error',
    topic: 'result',
    text: `Equity fell to ${money(lowest).text}: a real account would have been closed; what follows that moment could not have happened.`,
    evidence: [
      { label: 'First at or below zero', value: formatDay(book.openTime[Math.min(row, book.rows - 1)]!) },
      { label: 'Lines with full notional each', value: setting(setup.symbols.length * setup.strategies.length) },
    ],
    advice: 'Read only what came before, or lower the notional of a line until the worst stretch is survived.',
    files: bookFile,
  };
};
