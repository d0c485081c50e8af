import { percent } from '../format.ts';
import { metricsFile, type Rule } from './rule.ts';

/** Funding that is not part of the result. */
export const fundingExcluded: Rule = ({ metrics, setup }) => {
  if (setup.fundingInPnl) return null;
  return {
    code: 'FUNDING_EXCLUDED',
    severity: 'warning',
    topic: 'result',
    text: 'Funding payments are not part of the result.',
    evidence: [{ label: 'Net return without funding', value: percent(metrics.net_total_return) }],
    advice: 'Run without --compat reference to see what funding adds or takes.',
    files: metricsFile,
  };
};
