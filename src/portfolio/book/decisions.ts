import { dayMs } from '../../core/time.ts';
import type { Allocation, AllocationProblem, AllocationSettings, ConstraintUse, PortfolioLimits } from '../problem.ts';
import { limitsForDays } from '../estimate.ts';
import type { UnitStream } from '../streams.ts';
import type { Market } from './market.ts';
import type { BookState, Decide } from './book.ts';

/** When new weights are decided; always at the end of a UTC day. */
export interface Schedule {
  readonly every: 'day' | 'week' | 'month';
  readonly onUniverseChange: boolean;
  /** Also after a day on which an exposure cap or the drawdown limit was exceeded. */
  readonly onBreach: boolean;
}

export type DecisionReason = 'schedule' | 'universe' | 'breach';

/** The part of a problem that is made of past returns. */
export type Estimates = Pick<AllocationProblem, 'returns' | 'scenarioWeights' | 'mean' | 'covariance' | 'volatility' | 'eligible'>;

/** Estimates from [edges][days up to now] daily net unit returns. */
export type Estimate = (history: readonly Float64Array[]) => Estimates;
/** An allocation mode: weights for a problem. */
export type Allocate = (problem: AllocationProblem) => Allocation;

/** Limits whose clusters are named by edge, so that they hold for any selection of edges. */
export type LimitsByEdge = Omit<PortfolioLimits, 'clusters'> & {
  readonly clusters: readonly { readonly id: string; readonly edges: readonly string[]; readonly budget: number }[];
};

/** One decision, as it is kept. */
export interface Decision {
  /** Day that had ended. */
  readonly day: number;
  readonly reason: DecisionReason;
  readonly status: Allocation['certificate']['status'];
  readonly iterations: number;
  readonly objective: number | null;
  readonly primalResidual: number;
  readonly dualGap: number | null;
  readonly eligible: number;
  /** The constraints at the answer; those of the last decision only carry all, others the binding ones. */
  readonly uses: readonly ConstraintUse[];
}

export interface DecisionRules {
  readonly schedule: Schedule;
  readonly limits: LimitsByEdge;
  readonly settings: AllocationSettings;
  readonly estimate: Estimate;
  /** Days that an estimate looks back, at most. */
  readonly scenarioDays: number;
  readonly allocate: Allocate;
  /** [symbols][days] 1 where the symbol belongs to the universe. */
  readonly members: readonly Uint8Array[];
}

/**
 * Decides by an allocation mode: builds the problem of a day from what had happened by its end, and keeps a record of each decision.
 *
 * @returns the function for runBook, and the records in order of days, filled while the book runs
 * @source governance specification 18.1
 */
export function decider(streams: readonly UnitStream[], market: Market, rules: DecisionRules): { decide: Decide; decisions: Decision[] } {
  const decisions: Decision[] = [];
  const limits = limitsOf(streams, rules.limits);
  const decide: Decide = (state) => {
    const reason = reasonOf(state, market, rules);
    if (reason === null) return null;
    const problem = problemAt(state, streams, { market, rules, limits });
    const { weights, certificate } = rules.allocate(problem);
    const { status, iterations, objective, primalResidual, dualGap, uses } = certificate;
    const eligible = problem.eligible.reduce((sum, flag) => sum + flag, 0);
    const kept = uses.filter(({ isBinding }) => isBinding);
    decisions.push({ day: state.day, reason, status, iterations, objective, primalResidual, dualGap, eligible, uses: kept });
    return weights;
  };
  return { decide, decisions };
}

/** Weights that were decided once, decided again on the same days: for runs under other costs or fills. */
export function replay(targets: readonly Float64Array[]): Decide {
  return ({ day }) => (targets[day + 1] === targets[day] ? null : (targets[day + 1] ?? null));
}

function limitsOf(streams: readonly UnitStream[], limits: LimitsByEdge): PortfolioLimits {
  const clusters = limits.clusters
    .map(({ id, edges, budget }) => ({ id, budget, edges: streams.flatMap(({ edge }, e) => (edges.includes(edge) ? [e] : [])) }))
    .filter(({ edges }) => edges.length > 0);
  return { ...limits, clusters };
}

function reasonOf(state: BookState, market: Market, { schedule, limits, members }: DecisionRules): DecisionReason | null {
  const tomorrow = new Date(market.firstDay + (state.day + 1) * dayMs);
  const isScheduled =
    schedule.every === 'day' ||
    (schedule.every === 'week' && tomorrow.getUTCDay() === 1) ||
    (schedule.every === 'month' && tomorrow.getUTCDate() === 1);
  if (isScheduled) return 'schedule';
  if (schedule.onUniverseChange && members.some((days) => state.day + 1 < days.length && days[state.day] !== days[state.day + 1])) return 'universe';
  const isOver = (value: number, limit: number | null) => limit !== null && value > limit;
  const isBreached =
    isOver(state.largestGross, limits.grossMax) ||
    isOver(state.largestNet, limits.netMax) ||
    isOver(state.largestSymbol, limits.symbolMax) ||
    isOver(state.drawdown, limits.drawdownMax);
  return schedule.onBreach && isBreached ? 'breach' : null;
}

/** The allocation problem at the end of a day. */
export function problemAt(
  state: BookState,
  streams: readonly UnitStream[],
  given: { readonly market: Market; readonly rules: DecisionRules; readonly limits: PortfolioLimits },
): AllocationProblem {
  const { market, rules, limits } = given;
  const history = streams.map(({ daily }) => daily.subarray(0, state.day + 1));
  return {
    edges: streams.map(({ edge }) => edge),
    ...rules.estimate(history),
    ...unitBounds(state, streams, { symbols: market.symbols, members: rules.members }),
    previous: Float64Array.from(state.weights),
    turnoverLeft: limits.turnoverDailyMax,
    limits: limitsForDays(limits, Math.min(history[0]?.length ?? 0, rules.scenarioDays)),
    settings: rules.settings,
  };
}

/**
 * The symbols that any edge may hold tomorrow, and the exposures that a unit of each edge may have there, [symbols * edges]: full positions in the
 * universe, what is held outside it. A symbol that only joins later is not among them, so that it changes no bit of an answer before.
 */
function unitBounds(
  { day, unitExposures }: BookState,
  streams: readonly UnitStream[],
  { symbols, members }: { readonly symbols: readonly string[]; readonly members: readonly Uint8Array[] },
): Pick<AllocationProblem, 'symbols' | 'exposureLow' | 'exposureHigh'> {
  // Of the day after the last one nothing is known but that today's universe goes on.
  const tomorrow = (days: ArrayLike<number>) => days[Math.min(day + 1, days.length - 1)]!;
  const held = (e: number, s: number) => unitExposures[e * members.length + s]!;
  const mayEnter = members.map((days) => tomorrow(days) === 1);
  const open = [...symbols.keys()].filter((s) => mayEnter[s] || streams.some((_, e) => held(e, s) !== 0));
  const exposureLow = new Float64Array(open.length * streams.length);
  const exposureHigh = new Float64Array(open.length * streams.length);
  for (const [e, { slot, scale, isLong, isShort }] of streams.entries()) {
    const full = slot * (scale === null ? 1 : tomorrow(scale));
    for (const [k, s] of open.entries()) {
      exposureLow[k * streams.length + e] = Math.min(held(e, s), mayEnter[s] && isShort ? -full : 0);
      exposureHigh[k * streams.length + e] = Math.max(held(e, s), mayEnter[s] && isLong ? full : 0);
    }
  }
  return { symbols: open.map((s) => symbols[s]!), exposureLow, exposureHigh };
}
