/**
 * What an allocator decides on, at the end of one UTC day, and what it answers. Everything in here was known at that time.
 *
 * @source governance specification 18.1, 18.2
 */

/** Hard limits of a portfolio; null switches one off. Fractions of capital unless said. */
export interface PortfolioLimits {
  /** Smallest sum of weights. With null the answer may be cash, so that there always is one. */
  readonly investedMin: number | null;
  /** Largest weight of one edge. */
  readonly weightMax: number;
  readonly grossMax: number | null;
  readonly netMax: number | null;
  readonly symbolMax: number | null;
  /** Expected shortfall of a day beyond `cvarLevel` (for example 0.99), positive = loss. */
  readonly cvarMax: number | null;
  readonly cvarLevel: number;
  /** Conditional drawdown beyond `drawdownLevel` over the scenario days. */
  readonly drawdownMax: number | null;
  readonly drawdownLevel: number;
  /** Sum of weight increases per day; reductions are free. */
  readonly turnoverDailyMax: number | null;
  /** Largest share of portfolio variance of one edge; not in force while the edges with history are too few to keep it. */
  readonly riskShareMax: number | null;
  /** Sum of weight times volatility inside a cluster of overlapping edges. */
  readonly clusters: readonly { readonly id: string; readonly edges: readonly number[]; readonly budget: number }[];
}

export interface AllocationSettings {
  readonly riskAversion: number;
  /** 0: risk only; 1: return only. */
  readonly returnTilt: number;
  /** Cost of one unit of weight increase, as a fraction. */
  readonly turnoverCost: number;
}

export interface AllocationProblem {
  readonly edges: readonly string[];
  readonly symbols: readonly string[];
  /** Per edge [days]: net daily returns at unit weight over the last complete days. */
  readonly returns: readonly Float64Array[];
  /** [days] weights of the scenario days, summing to 1. */
  readonly scenarioWeights: Float64Array;
  /** [edges] shrunk mean daily return. */
  readonly mean: Float64Array;
  /** [edges * edges] row by row, shrunk, daily. */
  readonly covariance: Float64Array;
  /** [edges] daily volatility, floored. */
  readonly volatility: Float64Array;
  /** [edges] 1 where there is history enough; an edge without gets weight 0. */
  readonly eligible: Uint8Array;
  /** [symbols * edges] largest unit exposure of each edge in each symbol, signed lower and upper bounds. */
  readonly exposureLow: Float64Array;
  readonly exposureHigh: Float64Array;
  /** [edges] weights that are carried into the decision. */
  readonly previous: Float64Array;
  /** What is left of the day's turnover budget; null without one. */
  readonly turnoverLeft: number | null;
  readonly limits: PortfolioLimits;
  readonly settings: AllocationSettings;
}

export type ConstraintName = 'weight' | 'invested' | 'gross' | 'net' | 'symbol' | 'cvar' | 'drawdown' | 'turnover' | 'risk_share' | 'cluster';

/** One hard constraint at the answer: how much of the limit is used. `value` may not exceed `limit`; of `invested` it may not fall below. */
export interface ConstraintUse {
  readonly constraint: ConstraintName;
  /** Edge, symbol or cluster; null for the portfolio. */
  readonly subject: string | null;
  readonly value: number;
  readonly limit: number;
  readonly isBinding: boolean;
  /** Shadow price where the solver has one. */
  readonly price: number | null;
}

/** Proof that an answer is what it says; every figure belongs to the weights handed out, after their last rounding. */
export interface SolverCertificate {
  /**
   * `optimal`: the program's optimum. `projected`: the point nearest to a heuristic's weights that keeps every limit. `risk_budget`: the
   * risk-share cap held for equal risk contributions only, scaled into the other limits. `kept`: the solver gave up and the previous weights
   * were scaled into the limits.
   */
  readonly status: 'optimal' | 'projected' | 'risk_budget' | 'kept';
  readonly iterations: number;
  /** Of the program that was solved, maximized; null where none was. */
  readonly objective: number | null;
  /** Largest excess over any limit; 0 when all hold. */
  readonly primalResidual: number;
  /** Largest multiplier of the wrong sign that the solver returned, against the largest cost; null without a program. */
  readonly dualResidual: number | null;
  /** (bound from the multipliers - objective) / max(1e-6, |objective|), in the program's own scale; null without a program. */
  readonly dualGap: number | null;
  readonly uses: readonly ConstraintUse[];
}

export interface Allocation {
  /** [edges] */
  readonly weights: Float64Array;
  readonly certificate: SolverCertificate;
}
