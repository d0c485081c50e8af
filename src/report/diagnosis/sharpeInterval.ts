import { count, percent, ratio } from '../format.ts';
import { type Caution, metricsFile, type Rule } from './rule.ts';

/** Where the 95% interval of the daily Sharpe ratio lies. */
export const sharpeInterval: Rule = ({ metrics }) => {
  const { sharpe_daily_low: low, sharpe_daily_high: high, total_trades: trades } = metrics;
  if (trades === 0) return null;
  const caution = (code: string, text: string, advice: string): Caution => ({
    code,
    severity: 'warning',
    topic: 'result',
    text,
    evidence: [
      { label: 'Daily Sharpe ratio per year', value: ratio(metrics.sharpe_daily_annualized, { decimals: 2 }) },
      { label: '95% interval from', value: ratio(low, { decimals: 2 }) },
      { label: 'to', value: ratio(high, { decimals: 2 }) },
      { label: 'Days', value: count(metrics.days) },
      { label: 'Net return', value: percent(metrics.net_total_return) },
    ],
    advice,
    files: metricsFile,
  });
  if (low === null || high === null)
    return caution(
      'INTERVAL_UNDEFINED',
      'The daily returns are too few or too uniform for an interval around the Sharpe ratio.',
      'Run a longer window: without an interval the ratio cannot be judged.',
    );
  if (low > 0) return null;
  if (high < 0)
    return caution(
      'INTERVAL_BELOW_ZERO',
      'The whole interval of the daily Sharpe ratio lies below zero: chance alone would rarely give such a loss.',
      'Leave the strategy, or find out what loses reliably; turning it around pays the costs twice.',
    );
  return caution(
    'INTERVAL_INCLUDES_ZERO',
    'The interval of the daily Sharpe ratio includes zero: chance alone could explain such a result.',
    'More symbols or years narrow the interval; choosing parameters on the same data does not.',
  );
};
