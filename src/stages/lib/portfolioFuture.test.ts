import { beforeAll, describe, expect, it } from 'vitest';
import { barsPerDay } from '../../core/time.ts';
import { namedStream, nextUniform } from '../../core/random.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import { allocate } from '../../portfolio/allocator.ts';
import constrainedOptimizer from '../../portfolio/allocators/constrained_optimizer.ts';
import minCvar from '../../portfolio/allocators/min_cvar.ts';
import { runMode } from '../../portfolio/book/runMode.ts';
import { columnOfSteps, type Steps, stepsOf } from '../../portfolio/book/steps.ts';
import { portfolioDocument } from '../../portfolio/document.ts';
import { loadSolver } from '../../portfolio/solver/highs.ts';
import type { Solver } from '../../portfolio/solver/quadraticProgram.ts';
import { firstDay, randomMarket, randomPaths } from '../../portfolio/testing/randomBook.ts';
import type { RunPortfolio } from './portfolioConfig.ts';
import type { SymbolPart } from './portfolioEdges.ts';
import { portfolioInputs } from './portfolioRun.ts';

const range = { firstDay, days: 100 };
const edgeIds = ['one', 'two', 'three', 'four', 'five'];
/** The last day before the future: in the middle of a month, so that the universe of the next ones can change. */
const known = 75;
const rowsKnown = (known + 1) * barsPerDay;

const document = portfolioDocument.parse({
  id: 'future',
  version: 1,
  title: 'Before and after',
  edges: edgeIds,
  universe: { request: 'TOP2', lookback_days: 20, min_listed_days: 20, min_coverage: 0.5 },
  limits: {
    weight_max: 0.5,
    gross_max: 1,
    net_max: 0.5,
    symbol_max: 0.3,
    cvar_max: 0.002,
    drawdown_max: 0.02,
    turnover_daily_max: 0.3,
    risk_share_max: 0.4,
  },
  allocator: { modes: ['constrained_optimizer'], scenario_days: 60, active_days_min: 5 },
  schedule: { every: 'week' },
  throttle: { soft: 0.005, hard: 0.05 },
});
const edges = edgeIds.map((edge_id, e) => ({
  document: {
    edge_id,
    strategy: { id: edge_id },
    overlays: [],
    overlap_cluster: edge_id,
    cost_floor: { fee_bps_per_side: 0, slippage_bps_per_fill: 0 },
    validity: { from: '2020-01-01', to: null },
    sizing: e === 0 ? { unit: 'vol_target', target: 0.3 } : { unit: 'gross1' },
  } as unknown as EdgeDocument,
  params: {},
}));
const portfolio = {
  document,
  edges,
  overlays: [],
  overlayParents: [],
  modes: ['constrained_optimizer'],
  universe: 'TOP2',
  isValidated: false,
} satisfies RunPortfolio;

function partsOf(): SymbolPart[] {
  const market = randomMarket(3, { symbols: 4, days: range.days });
  const paths = edgeIds.map((id) => randomPaths(3, market, id).positions);
  return market.symbols.map((symbol, s) => ({
    symbol,
    returns: market.returns[s]!,
    isTradable: market.isTradable[s]!,
    fundingRate: market.fundingRate[s]!,
    dollarVolume: new Float64Array(range.days).fill(100 - s),
    bars: new Float64Array(range.days).fill(barsPerDay),
    positions: paths.map((positions) => positions[s]!),
  }));
}

/** The same up to the end of the known day, anything after it; the volumes bring other symbols into the universe. */
function poisoned(parts: readonly SymbolPart[]): SymbolPart[] {
  const random = namedStream('seed=1/poison');
  const late = <T extends Float64Array | Uint8Array>(column: T, from: number, value: () => number): T => {
    const out = column.slice() as T;
    for (let at = from; at < out.length; at++) out[at] = value();
    return out;
  };
  const turned = (steps: Steps) =>
    stepsOf(late(columnOfSteps(steps, range.days * barsPerDay), rowsKnown, () => Math.sign(nextUniform(random) - 0.5)));
  return parts.map((part, s) => ({
    ...part,
    returns: late(part.returns, rowsKnown, () => 0.02 * (nextUniform(random) - 0.5)),
    isTradable: late(part.isTradable, rowsKnown, () => (nextUniform(random) < 0.9 ? 1 : 0)),
    fundingRate: late(part.fundingRate, rowsKnown, () => 0.001 * (nextUniform(random) - 0.5)),
    dollarVolume: late(part.dollarVolume, known + 1, () => 10 ** (3 * s)),
    positions: part.positions.map(turned),
  }));
}

describe('what is decided of a portfolio', () => {
  let solver: Solver;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  it.each([constrainedOptimizer, minCvar])('does not change by a bit when everything after a day is another world (21.11): $id', (mode) => {
    const [before, after] = [partsOf(), poisoned(partsOf())].map((parts) => {
      const { rulesFor, ...inputs } = portfolioInputs(portfolio, parts, { days: range, costBps: 0, sides: () => ({ isLong: true, isShort: true }) });
      return { ...inputs, run: runMode(mode.id, { ...inputs, rules: rulesFor((problem) => allocate(problem, mode, solver)) }) };
    });
    const until = (column: Float64Array, rows: number) => [...column.subarray(0, rows)];
    expect(after!.market.symbols).not.toEqual(before!.market.symbols);
    expect(after!.universe.months.slice(0, 3)).toEqual(before!.universe.months.slice(0, 3));
    for (const [e, { daily }] of before!.streams.entries()) expect(until(after!.streams[e]!.daily, known + 1)).toEqual(until(daily, known + 1));
    const decided = ({ run }: typeof before & object) => run.decisions.filter(({ day }) => day <= known);
    expect(decided(before!).filter(({ eligible }) => eligible > 0).length).toBeGreaterThan(3);
    expect(decided(after!)).toEqual(decided(before!));
    expect(after!.run.book.weights.slice(0, known + 2)).toEqual(before!.run.book.weights.slice(0, known + 2));
    expect(before!.run.book.weights[known + 1]!.some((weight) => weight > 0)).toBe(true);
    expect(until(after!.run.book.pnl, rowsKnown)).toEqual(until(before!.run.book.pnl, rowsKnown));
    expect(after!.run.book.pnl.subarray(rowsKnown)).not.toEqual(before!.run.book.pnl.subarray(rowsKnown));
  });
});
