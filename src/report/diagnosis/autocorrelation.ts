import { barsPerDay, barsPerYear, daysPerYear } from '../../core/time.ts';
import { z975 } from '../../engine/bookMetrics.ts';
import { autocorrelatedSharpeError } from '../../stats/autocorrelatedSharpeError.ts';
import { autocorrelations } from '../../stats/autocovariance.ts';
import { perPeriodSharpe } from '../../stats/sharpe.ts';
import { aggregateSharpe } from '../../stats/sharpeAggregation.ts';
import { bookDays } from '../bookDays.ts';
import { percent, ratio } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { bookFile, type Caution, type Rule } from './rule.ts';

/** Lo's factor this far from the naive one is worth a note, and this far a warning. */
const [noticeable, large] = [0.1, 0.25] as const;
/** Fewer days than this say nothing about dependence. */
const fewestDays = 30;

/** Whether returns depend on those before them, and what that does to the Sharpe ratio and its interval. */
export const autocorrelation: Rule = (model) => {
  const { book, metrics } = model;
  if (metrics.total_trades === 0 || metrics.days < fewestDays) return null;
  const daily = bookDays(book).returns;
  return [barsDepend(model, daily), intervalDepends(model, daily)].filter((caution) => caution !== null);
};

/** Lo's factor from bars to a day beside the root of 96. */
function barsDepend({ book, metrics }: ReportModel, daily: Float64Array): Caution | null {
  const perBar = perPeriodSharpe(book.pnl);
  const lags = perBar === null ? null : autocorrelations(book.pnl, barsPerDay - 1);
  if (perBar === null || lags === null) return null;
  const { eta, iidScale, aggregatedSharpe } = aggregateSharpe({ sharpePerPeriod: perBar, q: barsPerDay, autocorrelations: lags });
  if (eta === null || aggregatedSharpe === null) return null;
  const change = eta / iidScale - 1;
  if (Math.abs(change) < noticeable) return null;
  const naive = perBar * Math.sqrt(barsPerYear);
  const adjusted = aggregatedSharpe * Math.sqrt(daysPerYear);
  const figure = (value: number | null) => ratio(value, { decimals: 2 });
  const effect = change < 0 ? 'Gains follow gains and losses losses' : 'Gains and losses take turns';
  return {
    code: 'RETURNS_AUTOCORRELATED',
    severity: Math.abs(change) < large ? 'info' : 'warning',
    topic: 'result',
    text: `${effect} within a day: the bar-level Sharpe ratio of ${figure(naive).text} assumes independent bars; with Lo\u2019s factor it is ${figure(adjusted).text}, from daily returns ${figure(metrics.sharpe_daily_annualized).text}.`,
    evidence: [
      { label: 'Bars, root of 35,040', value: figure(naive) },
      { label: 'Bars, Lo\u2019s factor', value: figure(adjusted) },
      { label: 'Factor to a day', value: ratio(eta) },
      { label: 'instead of', value: ratio(iidScale) },
      { label: 'Days', value: figure(metrics.sharpe_daily_annualized) },
      { label: 'Autocorrelation of neighboring bars', value: ratio(lags[0], { decimals: 3 }) },
      { label: 'of neighboring days', value: ratio(autocorrelations(daily, 1)?.[0], { decimals: 3 }) },
    ],
    advice: 'Read the daily ratio; the bar-level one is for comparison with the reference only.',
    files: bookFile,
  };
}

/** An interval that misses zero only as long as days are taken as independent. */
function intervalDepends({ metrics }: ReportModel, daily: Float64Array): Caution | null {
  const { sharpe_daily_annualized: sharpe, sharpe_daily_low: low, sharpe_daily_high: high } = metrics;
  const error = autocorrelatedSharpeError(daily).standardError;
  if (sharpe === null || low === null || high === null || error === null) return null;
  const reach = z975 * error * Math.sqrt(daysPerYear);
  if (!(low > 0 && sharpe - reach <= 0) && !(high < 0 && sharpe + reach >= 0)) return null;
  const figure = (value: number) => ratio(value, { decimals: 2 });
  return {
    code: 'INTERVAL_NEEDS_INDEPENDENCE',
    severity: 'warning',
    topic: 'result',
    text: `The 95% interval of the daily Sharpe ratio misses zero only for independent days; allowing for autocorrelation it runs from ${figure(sharpe - reach).text} to ${figure(sharpe + reach).text}.`,
    evidence: [
      { label: 'Independent days, from', value: figure(low) },
      { label: 'to', value: figure(high) },
      { label: 'Autocorrelated days, from', value: figure(sharpe - reach) },
      { label: 'to', value: figure(sharpe + reach) },
      { label: 'Autocorrelation of neighboring days', value: percent(autocorrelations(daily, 1)?.[0]) },
    ],
    advice: 'Take the wider interval.',
    files: bookFile,
  };
}
