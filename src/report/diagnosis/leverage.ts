import { count, setting } from '../format.ts';
import { bookFile, type Rule } from './rule.ts';

/** Several lines in the market at once, each with the full initial equity. */
export const leverage: Rule = ({ book, setup }) => {
  const peak = book.grossExposure.reduce((most, now) => Math.max(most, now), 0);
  if (peak <= 1) return null;
  const lines = setup.symbols.length * setup.strategies.length;
  return {
    code: 'LEVERAGE',
    severity: 'info',
    topic: 'result',
    text: `Each of the ${count(lines).text} lines (strategy on symbol) trades the full initial equity: at most ${setting(peak)} times the equity was in the market at once.`,
    evidence: [
      { label: 'Lines', value: count(lines) },
      { label: 'Highest gross exposure', value: count(peak) },
    ],
    advice: 'Divide returns and drawdowns by the leverage that you would not take; ratios stay as they are.',
    files: bookFile,
  };
};
