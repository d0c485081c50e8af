import { count, plural } from '../format.ts';
import { metricsFile, type Rule } from './rule.ts';

/** A year of days, below which seasons and regimes are not covered. */
const shortDays = 365;

/** Less than a year of days. */
export const shortSample: Rule = ({ metrics }) => {
  if (metrics.days === 0 || metrics.days >= shortDays) return null;
  return {
    code: 'SHORT_SAMPLE',
    severity: 'warning',
    topic: 'result',
    text: `Only ${plural(metrics.days, 'day')} of data: less than a year covers few market conditions.`,
    evidence: [{ label: 'Days', value: count(metrics.days) }],
    advice: 'Begin earlier with --start: rising, falling and quiet markets should all be in the window.',
    files: metricsFile,
  };
};
