import { barsPerDay, daysPerYear } from '../../core/time.ts';
import { drawdown } from '../../stats/drawdown.ts';
import { expectedShortfall } from '../../stats/expectedShortfall.ts';
import { mean, sampleStd } from '../../stats/moments.ts';
import { sharpeReport } from '../../stats/sharpeReport.ts';
import { neumaierSum } from '../../stats/sums.ts';
import type { BookRun } from '../book/book.ts';
import type { LimitsByEdge } from '../book/decisions.ts';
import { type Breach, breachesOf } from './breaches.ts';
import { riskWindows } from './riskShares.ts';

/** Days that numbers are taken from: from..to-1. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/** What a book did over a span of days; fractions of capital, null where undefined. Names as in metrics_<mode>.json. */
export interface PortfolioMetrics {
  readonly days: number;
  /** Sum of pnl, and the same compounded by day. */
  readonly net_total_return: number;
  readonly compounded_return: number;
  readonly gross_return: number;
  readonly cost: number;
  readonly funding: number;
  /** Cost that netting between edges saved. */
  readonly netting_benefit: number;
  readonly ending_equity: number;
  /** Deepest fall of additive equity, measured on bars from the capital at the beginning. */
  readonly max_drawdown: number;
  readonly volatility_annualized: number | null;
  readonly sharpe_annualized: number | null;
  /** Allows for autocorrelation; per year like the ratio. */
  readonly sharpe_standard_error: number | null;
  readonly probabilistic_sharpe: number | null;
  /** Mean loss of the worst hundredth of UTC days, positive for a loss, and how many days that are. */
  readonly cvar_1d_99: number | null;
  readonly cvar_1d_99_days: number;
  /** The same at the level of the limit. */
  readonly cvar_1d_limit: number | null;
  readonly avg_daily_turnover: number;
  readonly avg_daily_weight_increase: number;
  readonly max_daily_weight_increase: number;
  readonly max_symbol_abs_exposure: number;
  readonly max_gross_exposure: number;
  readonly max_net_exposure: number;
  readonly avg_gross_exposure_of_active_days: number | null;
  /** Largest share of variance of one edge in any window of 90 days. */
  readonly max_edge_risk_contrib: number | null;
  /** 1 - volatility of the whole over the sum of the edges'. */
  readonly diversification_benefit: number | null;
  readonly throttled_days: number;
  readonly constraint_breaches: readonly Breach[];
  readonly constraints_pass: boolean;
}

/** Metrics of a book over a span. @source governance specification 18.6; statistics specification 9 */
export function portfolioMetrics(
  book: BookRun,
  given: { readonly span: DaySpan; readonly limits: LimitsByEdge; readonly initialEquity: number },
): PortfolioMetrics {
  const { span, limits, initialEquity } = given;
  const { daily } = book;
  const ofDays = (column: Float64Array) => column.subarray(span.from, span.to);
  const ofRows = (column: Float64Array) => column.subarray(span.from * barsPerDay, span.to * barsPerDay);
  const pnl = ofDays(daily.pnl);
  const sharpe = sharpeReport(pnl);
  const perYear = (value: number | null) => (value === null ? null : value * Math.sqrt(daysPerYear));
  const tail = expectedShortfall(pnl, 0.99);
  const largest = (column: Float64Array) => ofDays(column).reduce((most, value) => Math.max(most, value), 0);
  const shares = riskWindows(daily.edgePnl, span).flatMap((window) => window.shares ?? []);
  const net = neumaierSum(ofRows(book.pnl));
  const values = {
    max_drawdown: drawdown(additiveEquity(ofRows(book.pnl))).maxDrawdown ?? 0,
    cvar_1d_limit: expectedShortfall(pnl, limits.cvarLevel).expectedShortfall,
    max_daily_weight_increase: largest(daily.increases),
    max_symbol_abs_exposure: largest(daily.largestSymbol),
    max_gross_exposure: largest(daily.largestGross),
    max_net_exposure: largest(daily.largestNet),
    max_edge_risk_contrib: shares.length === 0 ? null : Math.max(...shares),
  };
  const breaches = breachesOf(limitRows(values, limits, daily.edgePnl.length));
  const activeGross = ofDays(daily.largestGross).filter((gross) => gross > 0);
  return {
    days: span.to - span.from,
    net_total_return: net,
    compounded_return: pnl.reduce((growth, value) => growth * (1 + value), 1) - 1,
    gross_return: neumaierSum(ofRows(book.gross)),
    cost: neumaierSum(ofRows(book.cost)),
    funding: neumaierSum(ofRows(book.funding)),
    netting_benefit: withoutRounding(neumaierSum(ofDays(daily.netting)), ofDays(daily.traded)),
    ending_equity: initialEquity * (1 + net),
    volatility_annualized: perYear(sampleStd(pnl)),
    sharpe_annualized: sharpe.annualized,
    sharpe_standard_error: perYear(sharpe.standardError.autocorrelated),
    probabilistic_sharpe: sharpe.psr,
    cvar_1d_99: tail.expectedShortfall,
    cvar_1d_99_days: tail.tailObservations,
    ...values,
    avg_daily_turnover: mean(ofDays(daily.traded)) ?? 0,
    avg_daily_weight_increase: mean(ofDays(daily.increases)) ?? 0,
    avg_gross_exposure_of_active_days: mean(activeGross),
    diversification_benefit: diversification(pnl, daily.edgePnl.map(ofDays)),
    throttled_days: ofDays(daily.throttle).filter((factor) => factor < 1).length,
    constraint_breaches: breaches,
    constraints_pass: breaches.length === 0,
  };
}

type Limited = Pick<
  PortfolioMetrics,
  | 'max_drawdown'
  | 'cvar_1d_limit'
  | 'max_gross_exposure'
  | 'max_net_exposure'
  | 'max_symbol_abs_exposure'
  | 'max_edge_risk_contrib'
  | 'max_daily_weight_increase'
>;

/** What was used of each limit; null where it is switched off or not defined. */
export function limitRows(
  values: Limited,
  limits: LimitsByEdge,
  edges: number,
): { readonly limit: string; readonly observed: number | null; readonly allowed: number | null }[] {
  return [
    { limit: 'drawdown', observed: values.max_drawdown, allowed: limits.drawdownMax },
    { limit: 'cvar', observed: values.cvar_1d_limit, allowed: limits.cvarMax },
    { limit: 'gross', observed: values.max_gross_exposure, allowed: limits.grossMax },
    { limit: 'net', observed: values.max_net_exposure, allowed: limits.netMax },
    { limit: 'symbol', observed: values.max_symbol_abs_exposure, allowed: limits.symbolMax },
    { limit: 'risk_share', observed: values.max_edge_risk_contrib, allowed: keepableCap(limits.riskShareMax, edges) },
    { limit: 'turnover', observed: values.max_daily_weight_increase, allowed: limits.turnoverDailyMax },
  ];
}

/** A cap on shares that leaves them room: at 1 / edges every share had to be exactly that on every day, which no market keeps. */
function keepableCap(cap: number | null, edges: number): number | null {
  return cap === null || cap * edges <= 1 + 1e-9 ? null : cap;
}

/** What a difference of sums is beyond their rounding: 0 when it is no larger than a millionth of a millionth of what was traded. */
function withoutRounding(difference: number, traded: Float64Array): number {
  return Math.abs(difference) <= 1e-12 * neumaierSum(traded) ? 0 : difference;
}

/** Equity [1 + rows] of additive pnl, the capital at the beginning first. */
export function additiveEquity(pnl: Float64Array): Float64Array {
  const equity = new Float64Array(pnl.length + 1).fill(1);
  let total = 1;
  for (let row = 0; row < pnl.length; row++) equity[row + 1] = total += pnl[row]!;
  return equity;
}

function diversification(pnl: Float64Array, edges: readonly Float64Array[]): number | null {
  const apart = edges.reduce((sum, edge) => sum + (sampleStd(edge) ?? 0), 0);
  const whole = sampleStd(pnl);
  return whole === null || apart === 0 ? null : 1 - whole / apart;
}
