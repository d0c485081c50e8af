import { describe, expect, it } from 'vitest';
import { namedStream, nextNormal } from '../../core/random.ts';
import { neumaierSum } from '../../stats/sums.ts';
import capacity from './capacity.ts';
import constraints from './constraints.ts';
import deflated_sharpe from './deflated_sharpe.ts';
import evidence_verified from './evidence_verified.ts';
import friction_floor from './friction_floor.ts';
import { type Gate, type GateInput, judgeGates, verdictOf } from './lib/defineGate.ts';
import oos_only from './oos_only.ts';
import regime_stability from './regime_stability.ts';
import solver_certified from './solver_certified.ts';
import symbol_stability from './symbol_stability.ts';
import uplift_vs_baseline from './uplift_vs_baseline.ts';

const all: readonly Gate[] = [
  capacity,
  constraints,
  deflated_sharpe,
  evidence_verified,
  friction_floor,
  oos_only,
  regime_stability,
  solver_certified,
  symbol_stability,
  uplift_vs_baseline,
];

function returns(seed: number, mean: number, days = 1_200): Float64Array {
  const stream = namedStream(`seed=${seed}/gates-test/returns/0`);
  return Float64Array.from({ length: days }, () => mean + 0.004 * nextNormal(stream));
}

/** A portfolio that deserves to pass. */
function good(): GateInput {
  const [baseline, own] = [returns(1, 0), returns(2, 0.0011)];
  const pnl = baseline.map((value, day) => 0.5 * value + own[day]!);
  return {
    policy: {
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
      capital_min: 1e6,
      participation_max: 0.01,
    },
    seed: 1,
    mode: 'equal_risk',
    metrics: { days: pnl.length, cost: 0.1, constraint_breaches: [], constraints_pass: true } as unknown as GateInput['metrics'],
    pnl,
    baseline: { mode: 'equal_weight', pnl: baseline },
    years: [1, 2, 3].map((year) => ({ period: String(year), days: 365, pnl: 0.1 * year })),
    conditions: [{ period: 'trend up', days: 600, pnl: 0.2 }],
    symbols: ['A', 'B', 'C'].map((symbol) => ({ symbol, total_pnl: 0.1, positive_bars_ratio: 0.5, held_bars: 10, traded: 1 })),
    stress: [{ mode: 'equal_risk', cell: 'cost_x2', net_total_return: 0.2 }] as unknown as GateInput['stress'],
    decisions: [{ status: 'projected', primalResidual: 1e-12, dualGap: 1e-10 }] as unknown as GateInput['decisions'],
    holdout: { state: 'none', days: 0, netReturn: null },
    trials: { count: 3, sharpeVariance: 1e-4 },
    capacity: 5e6,
    edges: [{ edge: 'vc_core', status: 'verified', problem: null }],
  };
}
const answer = (gate: Gate, change: Partial<GateInput>) => gate.judge({ ...good(), ...change }).status;

describe('the gates together', () => {
  it('pass what deserves it, with code, threshold, unit and days of every number', () => {
    const results = judgeGates(all, good());
    expect(results.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(verdictOf(results)).toBe('PASS_PROMOTION');
    for (const { code, unit, split, why } of results) expect([code, unit, split, why].every((text) => text.length > 0)).toBe(true);
  });

  it('do not pass on one that cannot tell', () => {
    expect(verdictOf(judgeGates(all, { ...good(), trials: null }))).toBe('FAIL_PROMOTION');
    expect(verdictOf([])).toBe('FAIL_PROMOTION');
  });
});

describe('uplift over the baseline', () => {
  it('is none for the baseline at another size, however it did (21.20)', () => {
    const pnl = returns(3, 0.002);
    for (const size of [0.1, 1, 3])
      expect(answer(uplift_vs_baseline, { pnl: pnl.map((value) => size * value), baseline: { mode: 'b', pnl } })).toBe('fail');
  });

  it('is none by losing less through a smaller size', () => {
    const losing = returns(4, -0.001);
    const noise = returns(5, 0);
    const smaller = losing.map((value, day) => 0.2 * value + 0.02 * noise[day]!);
    expect(neumaierSum(smaller)).toBeGreaterThan(neumaierSum(losing));
    expect(answer(uplift_vs_baseline, { pnl: smaller, baseline: { mode: 'b', pnl: losing } })).toBe('fail');
  });

  it('cannot be told from nothing', () => {
    expect(answer(uplift_vs_baseline, { pnl: new Float64Array(400) })).toBe('inconclusive');
    expect(answer(uplift_vs_baseline, { pnl: returns(1, 0.01, 30), baseline: { mode: 'b', pnl: returns(2, 0, 30) } })).toBe('inconclusive');
  });
});

describe('stability', () => {
  it('is none when every year loses (21.20)', () => {
    const years = [1, 2, 3, 4].map((year) => ({ period: String(year), days: 365, pnl: -0.1 }));
    expect(answer(regime_stability, { years })).toBe('fail');
  });

  it('needs enough years and market conditions', () => {
    expect(answer(regime_stability, { years: good().years.slice(0, 2) })).toBe('inconclusive');
    expect(answer(regime_stability, { years: [] })).toBe('inconclusive');
    const conditions = ['a', 'b', 'c'].map((period, i) => ({ period, days: 100, pnl: i === 0 ? 1 : -0.1 }));
    expect(answer(regime_stability, { conditions })).toBe('fail');
  });

  it('needs three symbols, most of them with profit, and none with nearly all of it', () => {
    const symbols = good().symbols;
    expect(answer(symbol_stability, { symbols: symbols.slice(0, 2) })).toBe('inconclusive');
    expect(answer(symbol_stability, { symbols: symbols.map((row, i) => ({ ...row, total_pnl: i === 0 ? 5 : 0.01 })) })).toBe('fail');
    expect(answer(symbol_stability, { symbols: symbols.map((row, i) => ({ ...row, total_pnl: i === 0 ? 0.1 : -0.1 })) })).toBe('fail');
  });
});

describe('the other gates', () => {
  it('fail or cannot tell, each for its own reason', () => {
    const breach = { constraint_breaches: [{ limit: 'net', observed: 1, allowed: 0.5 }], constraints_pass: false };
    expect(answer(constraints, { metrics: { ...good().metrics, ...breach } })).toBe('fail');
    expect(answer(constraints, { metrics: { ...good().metrics, days: 0 } })).toBe('inconclusive');
    expect(answer(friction_floor, { stress: [{ ...good().stress[0]!, net_total_return: -0.01 }] })).toBe('fail');
    expect(answer(friction_floor, { metrics: { ...good().metrics, cost: 0 } })).toBe('inconclusive');
    expect(answer(capacity, { capacity: 1e5 })).toBe('fail');
    expect(answer(capacity, { capacity: null })).toBe('inconclusive');
    expect(answer(deflated_sharpe, { trials: { count: 5_000, sharpeVariance: 0.02 } })).toBe('fail');
    expect(answer(evidence_verified, { edges: [{ edge: 'a', status: 'unverified', problem: 'changed' }] })).toBe('fail');
    expect(answer(evidence_verified, { edges: [{ edge: 'a', status: null, problem: null }] })).toBe('inconclusive');
    expect(answer(solver_certified, { decisions: [{ ...good().decisions[0]!, status: 'kept' }] })).toBe('fail');
    expect(answer(solver_certified, { decisions: [] })).toBe('inconclusive');
  });

  it('want the sealed days opened, and a profit on them', () => {
    expect(answer(oos_only, { holdout: { state: 'sealed', days: 90, netReturn: null } })).toBe('inconclusive');
    expect(answer(oos_only, { holdout: { state: 'opened', days: 90, netReturn: -0.01 } })).toBe('fail');
    expect(answer(oos_only, { holdout: { state: 'opened', days: 90, netReturn: 0.01 } })).toBe('pass');
    expect(answer(oos_only, { metrics: { ...good().metrics, days: 100 } })).toBe('inconclusive');
  });
});
