import { percent } from '../format.ts';
import { metricsFile, type Rule } from './rule.ts';

/** Trades that lose before anything is paid. */
export const grossLoss: Rule = ({ metrics }) => {
  if (metrics.total_trades === 0 || metrics.gross_return > 0) return null;
  return {
    code: 'GROSS_LOSS',
    severity: 'warning',
    topic: 'result',
    text: `The trades lose before any cost (${percent(metrics.gross_return).text}): costs are not the reason.`,
    evidence: [
      { label: 'Gross', value: percent(metrics.gross_return) },
      { label: 'Costs', value: percent(metrics.cost_return) },
      { label: 'Funding', value: percent(metrics.funding_return) },
    ],
    advice: 'Look at how trades ended and on which side before changing costs or sizes: there is no edge to save.',
    files: metricsFile,
  };
};
