import { dayMs } from '../../core/time.ts';
import { always, firstDay, free, randomMarket, randomPaths } from './randomBook.ts';
import type { DecisionRules } from '../book/decisions.ts';
import { runMode } from '../book/runMode.ts';
import { type Allocator, allocate } from '../allocator.ts';
import equalWeight from '../allocators/equal_weight.ts';
import scoreWeighted from '../allocators/score_weighted.ts';
import { estimate } from '../estimate.ts';
import deflatedSharpe from '../gates/deflated_sharpe.ts';
import frictionFloor from '../gates/friction_floor.ts';
import { type GateInput, judgeGates } from '../gates/lib/defineGate.ts';
import regimeStability from '../gates/regime_stability.ts';
import symbolStability from '../gates/symbol_stability.ts';
import uplift from '../gates/uplift_vs_baseline.ts';
import { symbolContributions } from '../metrics/contributions.ts';
import { byCondition, byYear } from '../metrics/periods.ts';
import { portfolioMetrics } from '../metrics/portfolioMetrics.ts';
import { loadSolver } from '../solver/highs.ts';
import { unitStream } from '../streams.ts';

const [edges, symbols] = [4, 3];

/** The levels of a document that says nothing about gates; capital does not matter here. */
const policy: GateInput['policy'] = {
  uplift_min: 0,
  regime_sign_consistency_min: 0.8,
  regime_periods_min: 3,
  regime_conditions_positive_min: 0.5,
  symbol_positive_ratio_min: 0.6,
  symbols_active_min: 3,
  symbol_concentration_max: 0.5,
  friction_net_return_min: 0,
  out_of_sample_days_min: 365,
  deflated_sharpe_min: 0.95,
  capital_min: 0,
  participation_max: 1,
};

/**
 * Random edges without costs on random walks, judged by the gates that look at results. Two modes were tried, and the ledger knows it.
 *
 * @returns how many markets passed all of these gates, and each gate alone
 */
export async function nullCampaign({ markets, days }: { readonly markets: number; readonly days: number }): Promise<{
  markets: number;
  passed: number;
  byGate: Record<string, number>;
}> {
  const solver = await loadSolver();
  const byGate: Record<string, number> = {};
  let passed = 0;
  for (let seed = 1; seed <= markets; seed++) {
    const results = judgeGates(
      [uplift, deflatedSharpe, regimeStability, symbolStability, frictionFloor],
      inputOf(seed, days, (mode, problem) => allocate(problem, mode, solver)),
    );
    for (const { id, status } of results) byGate[id] = (byGate[id] ?? 0) + (status === 'pass' ? 1 : 0);
    if (results.every(({ status }) => status === 'pass')) passed++;
  }
  return { markets, passed, byGate };
}

function inputOf(
  seed: number,
  days: number,
  decide: (mode: Allocator, problem: Parameters<DecisionRules['allocate']>[0]) => ReturnType<DecisionRules['allocate']>,
): GateInput {
  const market = { ...randomMarket(seed, { symbols, days }), firstDay: firstDay - 2 * 365 * dayMs };
  const fair = { ...market, fundingRate: market.fundingRate.map((column) => new Float64Array(column.length)) };
  const members = always(fair);
  const streams = Array.from({ length: edges }, (_, e) =>
    unitStream({ ...randomPaths(seed, fair, `edge_${e}`), costFraction: 0 }, fair, { members, slots: symbols }),
  );
  const limits = {
    investedMin: null,
    weightMax: 0.5,
    grossMax: 1.5,
    netMax: null,
    symbolMax: null,
    cvarMax: null,
    cvarLevel: 0.99,
    drawdownMax: null,
    drawdownLevel: 0.95,
    turnoverDailyMax: null,
    riskShareMax: null,
    clusters: [],
  };
  const rulesOf = (mode: Allocator): DecisionRules => ({
    schedule: { every: 'month', onUniverseChange: false, onBreach: false },
    limits,
    settings: { riskAversion: 5, returnTilt: 0.9, turnoverCost: 0 },
    estimate: (history) => estimate(history, { windowDays: 250, halfLifeDays: 120, meanPriorDays: 0, activeDaysMin: 60 }),
    scenarioDays: 250,
    allocate: (problem) => decide(mode, problem),
    members,
  });
  const [declared, baseline] = [scoreWeighted, equalWeight].map((mode) =>
    runMode(mode.id, { streams, market: fair, rules: rulesOf(mode), execution: free }),
  );
  const span = { from: 120, to: days };
  const pnl = declared!.book.daily.pnl.subarray(span.from);
  const metrics = { ...portfolioMetrics(declared!.book, { span, limits, initialEquity: 1 }), cost: 1 };
  return {
    policy,
    seed,
    mode: declared!.mode,
    metrics,
    pnl,
    baseline: { mode: baseline!.mode, pnl: baseline!.book.daily.pnl.subarray(span.from) },
    years: byYear(declared!.book.daily.pnl, fair.firstDay, span),
    conditions: byCondition(declared!.book.daily.pnl, fair, span),
    symbols: symbolContributions(declared!.book, fair.symbols, span),
    stress: [{ mode: declared!.mode, cell: 'cost_x2', net_total_return: metrics.net_total_return }] as unknown as GateInput['stress'],
    decisions: declared!.decisions,
    holdout: { state: 'none', days: 0, netReturn: null },
    trials: { count: 2, sharpeVariance: 1 / days },
    capacity: null,
    edges: [],
  };
}
