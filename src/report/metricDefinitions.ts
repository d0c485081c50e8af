import type { BookMetrics } from '../engine/bookMetrics.ts';
import { count, money, percent, ratio, type Shown, type Value } from './format.ts';

/** One headline number: what it is called, how it is shown and what it means. */
export interface MetricDefinition {
  readonly key: keyof BookMetrics;
  readonly label: string;
  readonly show: (value: Value) => Shown;
  readonly meaning: string;
  /** Also among the reference system's seven keys. */
  readonly isReference?: boolean;
}

const few = 'too few values to define it';
const asPercent = (value: Value) => percent(value, { reason: few });
const asRatio = (value: Value) => ratio(value, { reason: few });
const asCount = (value: Value) => count(value, { reason: few });
const needLosses = (value: Value) => ratio(value, { reason: 'needs both winning and losing trades' });
const needStops = (value: Value) => ratio(value, { reason: 'no trade has a declared stop' });

/** In reading order. Definitions are those of docs/metrics.md, in plain words. */
export const metricDefinitions: readonly MetricDefinition[] = [
  {
    key: 'net_total_return',
    label: 'Net return',
    show: asPercent,
    isReference: true,
    meaning: 'Sum of all bars’ pnl after costs, as a share of the initial equity; additive, not compounded.',
  },
  {
    key: 'ending_equity',
    label: 'Ending equity',
    show: (value) => money(value, { reason: few }),
    isReference: true,
    meaning: 'Initial equity times one plus the net return, in quote currency.',
  },
  {
    key: 'max_drawdown',
    label: 'Maximum drawdown',
    show: asPercent,
    isReference: true,
    meaning: 'Deepest fall of additive equity from its highest point before.',
  },
  {
    key: 'sharpe_daily_annualized',
    label: 'Sharpe ratio, daily',
    show: asRatio,
    meaning: 'Mean over standard deviation of UTC-daily returns, times the root of 365.',
  },
  {
    key: 'sharpe_daily_low',
    label: 'Sharpe ratio, 95% low',
    show: asRatio,
    meaning: 'Lower end of the 95% interval; the standard error allows for skew and fat tails.',
  },
  {
    key: 'sharpe_daily_high',
    label: 'Sharpe ratio, 95% high',
    show: asRatio,
    meaning: 'Upper end of the 95% interval. A range with zero inside does not tell gain from chance.',
  },
  {
    key: 'sharpe_daily_standard_error',
    label: 'Sharpe ratio, standard error',
    show: asRatio,
    meaning: 'Of the annualized daily ratio, for non-normal and independent days.',
  },
  {
    key: 'sharpe_annualized',
    label: 'Sharpe ratio, 15-minute bars',
    show: asRatio,
    isReference: true,
    meaning: 'From bars, times the root of 35,040; assumes that bars are independent, so read the daily one first.',
  },
  {
    key: 'net_return_one_bar_late',
    label: 'Net return, one bar late',
    show: asPercent,
    meaning: 'The same decisions, each executed 15 minutes later.',
  },
  { key: 'gross_return', label: 'Gross return', show: asPercent, meaning: 'Price moves only, before costs and funding.' },
  { key: 'cost_return', label: 'Costs', show: asPercent, meaning: 'Fees and slippage, as a share of the initial equity.' },
  { key: 'funding_return', label: 'Funding', show: asPercent, meaning: 'Funding received (above zero) or paid (below zero).' },
  { key: 'total_trades', label: 'Trades', show: asCount, isReference: true, meaning: 'Round trips, with those still open at the end.' },
  { key: 'open_trades', label: 'Open trades', show: asCount, meaning: 'Not closed at the last bar.' },
  { key: 'win_rate', label: 'Win rate', show: asPercent, isReference: true, meaning: 'Share of trades with pnl above zero.' },
  {
    key: 'avg_r',
    label: 'Average R, range edge',
    show: asRatio,
    isReference: true,
    meaning: 'Mean pnl over the distance to the one-day range edge: the reference system’s risk, imposed on every strategy.',
  },
  {
    key: 'average_r_declared',
    label: 'Average R, declared stop',
    show: needStops,
    meaning: 'Mean pnl over the distance to the strategy’s own stop.',
  },
  { key: 'median_r_declared', label: 'Median R, declared stop', show: needStops, meaning: 'Half of the trades with a stop did better.' },
  { key: 'expectancy', label: 'Expectancy', show: asPercent, meaning: 'Mean net pnl of a trade.' },
  { key: 'profit_factor', label: 'Profit factor', show: needLosses, meaning: 'Sum of gains over sum of losses; below 1 loses.' },
  { key: 'payoff_ratio', label: 'Payoff ratio', show: needLosses, meaning: 'Mean gain over mean loss.' },
  { key: 'average_bars_held', label: 'Bars held, mean', show: asRatio, meaning: 'Fifteen-minute bars from entry to exit; 4 are an hour.' },
  { key: 'time_in_market', label: 'Time in market', show: asPercent, meaning: 'Share of bars with any position.' },
  { key: 'turnover_per_year', label: 'Turnover per year', show: asRatio, meaning: 'Sum of position changes, in multiples of the initial equity.' },
  { key: 'volatility_annualized', label: 'Volatility', show: asPercent, meaning: 'Standard deviation of daily returns, per year.' },
  { key: 'sortino_annualized', label: 'Sortino ratio', show: asRatio, meaning: 'Mean daily return over downside deviation, per year.' },
  { key: 'compounded_return', label: 'Compounded return', show: asPercent, meaning: 'If every bar’s return were reinvested.' },
  { key: 'cagr', label: 'Growth per year', show: asPercent, meaning: 'Compounded return per year.' },
  {
    key: 'max_drawdown_compounded',
    label: 'Maximum drawdown, compounded',
    show: asPercent,
    meaning: 'Deepest fall of compounded equity, written without a sign.',
  },
  { key: 'calmar', label: 'Calmar ratio', show: asRatio, meaning: 'Growth per year over compounded maximum drawdown.' },
  { key: 'days', label: 'Days', show: asCount, meaning: 'Whole UTC days behind the daily figures.' },
];

/** The definition of one key. */
export function metricDefinition(key: keyof BookMetrics): MetricDefinition {
  return metricDefinitions.find((definition) => definition.key === key)!;
}
