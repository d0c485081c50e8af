import { dayMs } from '../../core/time.ts';
import type { GateResult } from '../../portfolio/gates/lib/defineGate.ts';
import type { StressCell } from '../../portfolio/stress/grid.ts';
import type { ReportPortfolio } from '../portfolio/model.ts';

const days = 200;
const edges = ['vc_core', 'vc_return_tilt', 'vc_conservative'];

/** A portfolio with one number of every kind, some of them missing. */
export function samplePortfolio(hostile: string): ReportPortfolio {
  const column = (value: (day: number) => number) => Float64Array.from({ length: days }, (_, day) => value(day));
  const day = column((i) => Date.UTC(2023, 5, 1) + i * dayMs);
  const metrics = {
    days,
    net_total_return: 0.034,
    compounded_return: 0.033,
    gross_return: 0.08,
    cost: 0.049,
    funding: 0.003,
    netting_benefit: 0.0003,
    ending_equity: 1_034_000,
    max_drawdown: 0.085,
    volatility_annualized: 0.09,
    sharpe_annualized: 0.31,
    sharpe_standard_error: 0.94,
    probabilistic_sharpe: 0.62,
    cvar_1d_99: 0.014,
    cvar_1d_99_days: 2,
    cvar_1d_limit: 0.014,
    avg_daily_turnover: 0.14,
    avg_daily_weight_increase: 0.01,
    max_daily_weight_increase: 0.3,
    max_symbol_abs_exposure: 0.15,
    max_gross_exposure: 0.6,
    max_net_exposure: 0.6,
    avg_gross_exposure_of_active_days: 0.3,
    max_edge_risk_contrib: 0.45,
    diversification_benefit: 0.1,
    throttled_days: 0,
    constraint_breaches: [],
    constraints_pass: true,
  };
  const flat = { ...metrics, net_total_return: 0, cost: 0, sharpe_annualized: null, sharpe_standard_error: null, cvar_1d_99: null };
  const exceeded = { ...metrics, constraint_breaches: [{ limit: 'net', observed: 0.7, allowed: 0.6 }], constraints_pass: false };
  const gate = (id: string, status: GateResult['status'], observed: number | null): GateResult => ({
    id,
    code: id.toUpperCase(),
    status,
    observed,
    threshold: 0,
    unit: 'share of years',
    split: 'walk_forward',
    why: `because of ${hostile}`,
  });
  const cell = (name: string, breaches: StressCell['breaches']): StressCell => ({
    mode: 'equal_risk',
    cell: name,
    kind: 'cost',
    value: 2,
    weights: 'kept',
    net_total_return: -0.026,
    max_drawdown: 0.126,
    cvar_1d_99: 0.0142,
    breaches,
  });
  return {
    id: 'starter',
    version: 1,
    title: `Three ways ${hostile}`,
    mode: 'equal_risk',
    baseline: 'equal_weight',
    universe: 'TOP10',
    span: { from: '2023-06-01', to: '2023-12-17', days },
    holdout: { state: 'sealed', days: 90 },
    comparison: 'equal_risk does not beat both simple benchmarks out of sample under the same costs: the simpler one is the better choice.',
    modes: [
      { ...metrics, mode: 'equal_risk' },
      { ...flat, mode: 'constrained_optimizer' },
      { ...exceeded, mode: 'equal_weight' },
    ],
    edges: edges.map((edge_id, e) => ({
      edge_id,
      total_pnl: 0.01 * (2 - e),
      cost: 0.02,
      mean_weight: 0.2,
      max_weight: 0.4,
      active_days: 120,
      standalone_sharpe: e === 2 ? null : 0.3,
      marginal_sharpe: e === 2 ? null : 0.07,
      risk_share: 1 / 3,
    })),
    symbols: [
      { symbol: 'BTCUSDT', total_pnl: 0.05, positive_bars_ratio: 0.51, held_bars: 9_000, traded: 20 },
      { symbol: 'ETHUSDT', total_pnl: 0, positive_bars_ratio: null, held_bars: 0, traded: 0 },
    ],
    stress: [cell('base', []), cell('cost_x2', [{ limit: 'drawdown', observed: 0.3, allowed: 0.2 }])],
    limits: [
      { limit: 'drawdown', used: 0.085, allowed: 0.2 },
      { limit: 'net', used: 0.6, allowed: 0.6 },
    ],
    verdict: {
      verdict: 'FAIL_PROMOTION',
      gates: [gate('constraints', 'pass', 0), gate('regime_stability', 'fail', 0.5), gate('deflated_sharpe', 'inconclusive', null)],
    },
    daily: {
      day,
      pnl: column((i) => 0.001 * Math.sin(i)),
      cost: column((i) => (i % 3 === 0 ? 0.0002 : 0)),
      traded: column((i) => (i % 3 === 0 ? 0.4 : 0)),
      throttle: column(() => 1),
      largestGross: column((i) => (i % 7) / 10),
      weights: edges.map((name, e) => ({ name, values: column((i) => 0.2 + 0.01 * e + 0.0001 * i) })),
      benchmarks: ['equal_weight', 'inverse_volatility'].map((name) => ({ name, values: column((i) => 0.0009 * Math.sin(i)) })),
    },
    risk: {
      day: day.filter((_, i) => i >= 90 && i % 10 === 0),
      edges: edges.map((name) => ({ name, values: Float64Array.from({ length: 11 }, () => 1 / 3) })),
    },
  };
}
