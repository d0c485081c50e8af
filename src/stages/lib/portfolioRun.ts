import type { Unit } from '../../core/define.ts';
import { AppError } from '../../core/errors.ts';
import { barsPerDay, daysPerYear } from '../../core/time.ts';
import { type Allocator, allocate } from '../../portfolio/allocator.ts';
import type { Execution } from '../../portfolio/book/book.ts';
import type { DecisionRules, LimitsByEdge } from '../../portfolio/book/decisions.ts';
import type { Market } from '../../portfolio/book/market.ts';
import { firstEvaluatedDay, type ModeRun, runMode, runWithoutEach, runWithoutEachSymbol } from '../../portfolio/book/runMode.ts';
import { estimate } from '../../portfolio/estimate.ts';
import { type DaySpan } from '../../portfolio/metrics/portfolioMetrics.ts';
import { loadSolver } from '../../portfolio/solver/highs.ts';
import { stressGrid, type StressCell } from '../../portfolio/stress/grid.ts';
import { type EdgePaths, type Splitting, type UnitStream, unitStream } from '../../portfolio/streams.ts';
import { type DayRange, membershipDays, resolveUniverse, seededDays, type Universe, type UniverseRule } from '../../portfolio/universe/membership.ts';
import { parseUniverse } from '../../portfolio/universe/request.ts';
import { sharpe } from '../../stats/sharpe.ts';
import { benchmarkModes, modesOf, type RunPortfolio } from './portfolioConfig.ts';
import { edgePaths, type Sides, sidesOf, type SymbolPart } from './portfolioEdges.ts';
import { limitsOf } from './portfolioLimits.ts';
import { type PortfolioDays, portfolioDays } from './portfolioSpan.ts';
import type { StageContext } from './stage.ts';

/** Everything that a portfolio run computed. */
export interface PortfolioOutcome {
  readonly portfolio: RunPortfolio;
  readonly days: PortfolioDays;
  readonly universe: Universe;
  readonly market: Market;
  /** [symbols][days] quote currency. */
  readonly dollarVolume: readonly Float64Array[];
  readonly streams: readonly UnitStream[];
  readonly limits: LimitsByEdge;
  /** The declared mode first. */
  readonly modes: readonly ModeRun[];
  /** Days out of sample before the holdout, and the holdout once it is opened. Empty spans where there are none. */
  readonly walkForward: DaySpan;
  readonly holdout: DaySpan | null;
  /** Annualized Sharpe ratio of the declared mode decided without each edge; null for a single edge. */
  readonly without: readonly (number | null)[] | null;
  readonly stress: readonly StressCell[];
}

/** Rule of the run's universe. */
export function universeRule({ document, universe }: RunPortfolio): UniverseRule {
  const { lookback_days, min_listed_days, min_coverage, seeds } = document.universe;
  return { request: parseUniverse(universe), lookbackDays: lookback_days, minListedDays: min_listed_days, minCoverage: min_coverage, seeds };
}

/** What a portfolio is decided on. Pure: of symbols' parts, nothing else. */
export interface PortfolioInputs {
  readonly universe: Universe;
  readonly market: Market;
  /** [symbols of the market][days] */
  readonly dollarVolume: readonly Float64Array[];
  readonly paths: readonly EdgePaths[];
  readonly splitting: Splitting;
  readonly streams: readonly UnitStream[];
  readonly limits: LimitsByEdge;
  readonly execution: Execution;
  /** Rules of decisions that an allocation mode makes. */
  readonly rulesFor: (decide: DecisionRules['allocate']) => DecisionRules;
}

/** Universe, market and unit streams of a portfolio over its days, and the rules of its decisions. */
export function portfolioInputs(
  portfolio: RunPortfolio,
  parts: readonly SymbolPart[],
  given: { readonly days: DayRange; readonly costBps: number; readonly sides: Sides },
): PortfolioInputs {
  const { days, costBps, sides } = given;
  const universe = resolveUniverse(parts, days, universeRule(portfolio));
  const traded = parts.filter(({ symbol }) => universe.months.some(({ rows }) => rows.some((row) => row.symbol === symbol && row.isMember)));
  const market = marketOf(traded, days);
  const members = membershipDays(universe, days, market.symbols);
  const paths = edgePaths(portfolio, traded, { ...days, costBps, sides });
  const splitting = { members, slots: universe.slots };
  const limits = limitsOf(portfolio);
  return {
    universe,
    market,
    dollarVolume: traded.map(({ dollarVolume }) => dollarVolume),
    paths,
    splitting,
    streams: paths.map((path) => unitStream(path, market, splitting)),
    limits,
    execution: executionOf(portfolio),
    rulesFor: (decide) => rulesOf(portfolio, { members, limits, costBps }, decide),
  };
}

/** Runs the portfolio: universe, unit streams, every mode, the declared one without each edge and symbol, stress. */
export async function runPortfolio(context: StageContext, parts: readonly SymbolPart[]): Promise<PortfolioOutcome> {
  const { config } = context;
  const portfolio = config.portfolio!;
  const days = portfolioDays(config);
  const { rulesFor, paths, splitting, ...inputs } = portfolioInputs(portfolio, parts, { days, costBps: config.costBps, sides: sidesOf(context) });
  const { universe, market, dollarVolume, streams, limits, execution } = inputs;
  const solver = await loadSolver();
  const allocators = await context.registry.loadAll<Allocator & Unit>('allocator');
  const inputFor = (mode: string) => ({
    streams,
    market,
    execution,
    rules: rulesFor((problem) => allocate(problem, allocators.get(mode)!, solver)),
  });
  const modes: ModeRun[] = [];
  for (const mode of modesOf(portfolio)) {
    await pause(context);
    context.note(`portfolio ${portfolio.document.id}: ${mode}`);
    modes.push(runMode(mode, inputFor(mode)));
  }
  const [declared] = modes as [ModeRun];
  const { walkForward, holdout } = spansOf(declared, days, seededDays(universe, days));
  context.note(`portfolio ${portfolio.document.id}: without each edge and each symbol, stress`);
  const leftOut = await oneByOne(context, runWithoutEach(declared.mode, inputFor(declared.mode)));
  const withoutSymbol = await oneByOne(context, runWithoutEachSymbol(declared.mode, { ...inputFor(declared.mode), paths, splitting }));
  const without = leftOut?.map(({ book }) => sharpe(book.daily.pnl.subarray(walkForward.from, walkForward.to), daysPerYear).annualized) ?? null;
  const compared = modes.filter(
    ({ mode }) => mode === declared.mode || mode === portfolio.document.baseline || (benchmarkModes as readonly string[]).includes(mode),
  );
  const booksOf = (mode: string, runs: readonly ModeRun[] | null) => (mode === declared.mode ? (runs?.map((run) => run.book) ?? null) : null);
  const stress: StressCell[] = [];
  for (const { mode, book } of compared) {
    await pause(context);
    const without = { withoutEdge: booksOf(mode, leftOut), withoutSymbol: booksOf(mode, withoutSymbol) };
    stress.push(...stressGrid({ mode, streams, market, book, execution, limits, span: walkForward, ...without }));
  }
  return {
    portfolio,
    days,
    universe,
    market,
    dollarVolume,
    streams,
    limits,
    modes,
    walkForward,
    holdout,
    without,
    stress,
  };
}

/** Lets an interruption be heard: nothing else is, for as long as a computation lasts. @throws E_INTERRUPTED */
async function pause({ signal }: Pick<StageContext, 'signal'>): Promise<void> {
  await new Promise((next) => setImmediate(next));
  if (signal.aborted) throw new AppError('E_INTERRUPTED');
}

/** All runs, with a pause after each; null when there are none. */
async function oneByOne(context: Pick<StageContext, 'signal'>, runs: Iterable<ModeRun>): Promise<ModeRun[] | null> {
  const done: ModeRun[] = [];
  for (const run of runs) {
    done.push(run);
    await pause(context);
  }
  return done.length === 0 ? null : done;
}

function executionOf({ document: { limits, throttle } }: RunPortfolio): Execution {
  return {
    caps: { symbolMax: limits.symbol_max, grossMax: limits.gross_max, netMax: limits.net_max },
    throttle,
    turnoverDailyMax: limits.turnover_daily_max,
  };
}

function rulesOf(
  { document }: RunPortfolio,
  given: { readonly members: readonly Uint8Array[]; readonly limits: LimitsByEdge; readonly costBps: number },
  decide: DecisionRules['allocate'],
): DecisionRules {
  const { allocator, schedule } = document;
  const settings = {
    windowDays: allocator.scenario_days,
    halfLifeDays: allocator.half_life_days,
    meanPriorDays: allocator.mean_prior_days,
    activeDaysMin: allocator.active_days_min,
  };
  return {
    schedule: { every: schedule.every, onUniverseChange: schedule.on_universe_change, onBreach: schedule.on_breach },
    limits: given.limits,
    settings: { riskAversion: allocator.risk_aversion, returnTilt: allocator.return_tilt, turnoverCost: given.costBps / 10_000 },
    estimate: (history) => estimate(history, settings),
    scenarioDays: allocator.scenario_days,
    allocate: decide,
    members: given.members,
  };
}

function marketOf(parts: readonly SymbolPart[], { firstDay, days }: DayRange): Market {
  return {
    firstDay,
    days,
    rows: days * barsPerDay,
    symbols: parts.map(({ symbol }) => symbol),
    returns: parts.map(({ returns }) => returns.map((value) => (Number.isNaN(value) ? 0 : value))),
    isTradable: parts.map(({ isTradable }) => isTradable),
    fundingRate: parts.map(({ fundingRate }) => fundingRate),
  };
}

function spansOf(
  declared: ModeRun,
  { days, holdout, holdoutDays }: PortfolioDays,
  isSeeded: Uint8Array,
): Pick<PortfolioOutcome, 'walkForward' | 'holdout'> {
  const end = holdout === 'opened' ? days - holdoutDays : days;
  const from = Math.min(firstEvaluatedDay(declared, isSeeded) ?? end, end);
  return { walkForward: { from, to: end }, holdout: holdout === 'opened' ? { from: end, to: days } : null };
}
