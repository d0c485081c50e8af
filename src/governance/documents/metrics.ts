/** Units of the numbers that gates compare. */
export const gateUnits = ['fraction', 'percent', 'bps', 'bps_per_day', 'per_day', 'count', 'ratio', 'prob', 'bool'] as const;
export type GateUnit = (typeof gateUnits)[number];

/**
 * Every number that a gate may ask for, with its unit. "Effect" is the subject's: of an edge its daily net return, of an overlay the
 * difference in daily net return that it makes to its strategies. Limits (drawdown, tail, exposures, cost, trades) are of the book with it.
 *
 * @source governance specification 17.6
 */
export const metrics = {
  net_effect: { unit: 'bps_per_day', help: 'mean daily net effect at the cost of the run' },
  net_effect_lower95: { unit: 'bps_per_day', help: 'lower end of its 95 % stationary-bootstrap interval' },
  net_effect_2x_cost: { unit: 'bps_per_day', help: 'mean daily net effect at twice the cost' },
  sign_consistency: {
    unit: 'fraction',
    help: 'share of years (quarters where the days are fewer than three years), at least three, whose effect has the sign of the hypothesis',
  },
  effect_ci_excludes_0: { unit: 'bool', help: '1 when the 95 % interval of the effect lies wholly on the side of the hypothesis' },
  regime_flip_count: { unit: 'count', help: 'regimes with enough events whose effect has the opposite sign' },
  fdr_q: { unit: 'prob', help: 'false-discovery-rate q-value within the family of the hypothesis' },
  deflated_sharpe_probability: { unit: 'prob', help: 'deflated Sharpe probability with the trials that the ledger counts' },
  pbo: { unit: 'prob', help: 'probability that the choice among the trials of the same days was overfitted; does not apply below ten trials' },
  spa_cash_p: { unit: 'prob', help: 'p-value of superior predictive ability over cash, given all trials of the same days' },
  spa_baseline_p: {
    unit: 'prob',
    help: 'the same over the baseline: of an edge its mean positions held throughout, of an overlay its strategies without it',
  },
  cpcv_sharpe_median: { unit: 'ratio', help: 'median annualized Sharpe ratio of the paths of combinatorial purged cross-validation over the trials' },
  cpcv_sharpe_p05: { unit: 'ratio', help: 'fifth percentile of the same' },
  walk_forward_net: { unit: 'bps_per_day', help: 'mean daily net effect of trading each calendar period by the trial that was best before it' },
  gap_share: { unit: 'fraction', help: 'share of bars without a return: gaps, the first bar after each, the first of all' },
  flagged_trade_share: { unit: 'fraction', help: 'share of trades that touch a bar with a quality flag; missing without trades' },
  latency_1_kept: { unit: 'fraction', help: 'share of the effect that is left when everything happens one bar later' },
  latency_2_kept: { unit: 'fraction', help: 'the same for two bars' },
  placebo_pass_rate: {
    unit: 'fraction',
    help: 'share of placebos that do as well, the largest of three kinds: entries moved, entries at random, direction reversed',
  },
  n_events: { unit: 'count', help: 'events: trades of an edge, trades that an overlay changed' },
  n_effective: { unit: 'count', help: 'events left when those that begin on a day of an earlier one are dropped' },
  changed_share: { unit: 'fraction', help: 'share of bars whose position an overlay changes' },
  study_passed: { unit: 'bool', help: '1 when every event study of the run passes' },
  policy_passed: { unit: 'bool', help: '1 when every policy study of the run passes' },
  sharpe_daily_annualized: { unit: 'ratio', help: 'Sharpe ratio of daily net returns, annualized' },
  net_total_return: { unit: 'fraction', help: 'sum of net returns' },
  net_cagr: { unit: 'fraction', help: 'compounded net return a year' },
  avg_period_return: { unit: 'fraction', help: 'mean net return a day' },
  geometric_mean_return: { unit: 'fraction', help: 'geometric mean net return a day' },
  max_drawdown: { unit: 'fraction', help: 'largest fall from a peak, positive' },
  cvar_99_1d: { unit: 'fraction', help: 'mean loss of the worst hundredth of UTC days, positive; missing below three of them' },
  bps_per_day: { unit: 'bps_per_day', help: 'mean cost paid a day' },
  trades_per_day: { unit: 'per_day', help: 'entries a UTC day, all symbols' },
  max_gross: { unit: 'fraction', help: 'largest sum of absolute exposures' },
  max_net: { unit: 'fraction', help: 'largest absolute sum of exposures' },
  max_per_symbol: { unit: 'fraction', help: 'largest absolute exposure of one symbol' },
  max_time_in_market: { unit: 'fraction', help: 'share of bars with any exposure' },
  marginal_sharpe: { unit: 'ratio', help: 'of an edge: Sharpe ratio of a portfolio less that of the same decided anew without the edge, a year' },
  edges_verified: { unit: 'bool', help: 'of a portfolio: 1 when every edge was approved with verified evidence as the run began' },
  portfolio_validated: {
    unit: 'bool',
    help: 'of a portfolio: 1 when every gate of its document passes, save that days still sealed confirm nothing yet',
  },
  portfolio_passed: { unit: 'bool', help: 'of a portfolio: 1 when every gate of its document passes' },
  holdout_days: { unit: 'count', help: 'of a portfolio: sealed days that the run opened' },
  holdout_net_return: { unit: 'fraction', help: 'of a portfolio: net return of the declared mode on those days' },
} as const satisfies Readonly<Record<string, { readonly unit: GateUnit; readonly help: string }>>;

export type MetricId = keyof typeof metrics;
export const metricIds = Object.keys(metrics) as MetricId[];

/** Metrics that an overlay may name as its objective. @source governance specification 2.2 */
export const objectiveMetrics = ['net_total_return', 'net_cagr', 'avg_period_return', 'geometric_mean_return'] as const satisfies readonly MetricId[];
