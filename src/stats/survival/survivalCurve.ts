import { AppError } from '../../core/errors.ts';
import { requireAlpha } from '../requireAlpha.ts';
import { normalQuantile } from '../normal.ts';
import { noWeight } from './survivalTally.ts';
import { requireWhole } from '../requireWhole.ts';

/** Who was watched for how long. Ages are whole bars since the origin; a subject is at risk at ages entry + 1 .. exit. */
export interface Subjects {
  /** [subjects] age at which the subject left: its hit, or the last age at which it was seen without one. */
  readonly exit: ArrayLike<number>;
  /** [subjects] 1 when the subject left by a hit, 0 when it was lost from sight (censored). */
  readonly isHit: ArrayLike<number>;
  /** [subjects] age from which on the subject was watched (delayed entry); default 0. One that enters at or after its exit is never at risk. */
  readonly entry?: ArrayLike<number>;
  /** [subjects] how much each counts; default 1. */
  readonly weight?: ArrayLike<number>;
}

/** Counts at each age; every column is [horizon], index k for age k + 1. */
export interface LifeTable {
  readonly atRisk: Float64Array;
  readonly hits: Float64Array;
}

/** Life table with hazard and survival. Every column is [horizon], index k for age k + 1; NaN where undefined. */
export interface SurvivalCurve extends LifeTable {
  /** Hits over at risk; NaN where nobody is at risk. */
  readonly hazard: Float64Array;
  /** Sum of hazards up to the age. */
  readonly cumulativeHazard: Float64Array;
  readonly cumulativeHazardError: Float64Array;
  /** Share without a hit after the age; NaN from the first age on at which nobody is at risk. */
  readonly survival: Float64Array;
  readonly survivalError: Float64Array;
  /** Pointwise bounds, always inside 0..1; NaN before the first hit and after the last survivor. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * At risk and hit at each age, with censoring and delayed entry; a subject censored at an age was still at risk there.
 *
 * @param subjects read only
 * @param horizon  last age
 * @throws E_INTERNAL on ages that are not whole or columns of unequal length
 * @source Kaplan & Meier 1958; Klein & Moeschberger 2003 (delayed entry)
 */
export function lifeTable(subjects: Subjects, horizon: number): LifeTable {
  requireSubjects(subjects);
  requireWhole(horizon, 'horizon', 0);
  const { exit, isHit, entry, weight } = subjects;
  const change = new Float64Array(horizon + 2);
  const hits = new Float64Array(horizon);
  for (let i = 0; i < exit.length; i++) {
    const from = entry?.[i] ?? 0;
    const to = exit[i]!;
    if (from >= to || from >= horizon) continue;
    const counted = weight?.[i] ?? 1;
    change[from]! += counted;
    change[Math.min(to, horizon)]! -= counted;
    if (isHit[i] === 1 && to <= horizon) hits[to - 1]! += counted;
  }
  const atRisk = new Float64Array(horizon);
  let watched = 0;
  for (let k = 0; k < horizon; k++) {
    watched += change[k]!;
    atRisk[k] = watched > noWeight ? watched : 0;
  }
  return { atRisk, hits };
}

/**
 * Hazard, cumulative hazard (Nelson-Aalen) and survival (Kaplan-Meier) by age, with errors (Aalen's and Greenwood's) and pointwise bounds on the
 * log-log scale, which keeps them inside 0..1.
 *
 * @param subjects read only
 * @param options  last age, and 1 - confidence of the bounds
 * @throws E_INTERNAL on ages that are not whole, columns of unequal length or an alpha out of range
 * @source Kaplan & Meier 1958; Greenwood 1926; Nelson 1972; Aalen 1978; Kalbfleisch & Prentice 1980 (bounds)
 */
export function survivalCurve(subjects: Subjects, { horizon, alpha }: { horizon: number; alpha: number }): SurvivalCurve {
  requireAlpha(alpha);
  const { atRisk, hits } = lifeTable(subjects, horizon);
  const column = () => new Float64Array(horizon);
  const curve = { atRisk, hits, hazard: column(), cumulativeHazard: column(), cumulativeHazardError: column() };
  const survivors = { survival: column(), survivalError: column(), low: column(), high: column() };
  const z = normalQuantile(1 - alpha / 2)!;
  const running = { hazard: 0, hazardVariance: 0, survival: 1, greenwood: 0 };
  for (let k = 0; k < horizon; k++) {
    const [n, d] = [atRisk[k]!, hits[k]!];
    curve.hazard[k] = n === 0 ? Number.NaN : d / n;
    // Ages without anybody at risk add nothing to the cumulative hazard, but end what is known about survival.
    running.hazard += n === 0 ? 0 : d / n;
    running.hazardVariance += n === 0 ? 0 : d / (n * n);
    running.survival *= n === 0 ? Number.NaN : 1 - d / n;
    running.greenwood += d === 0 ? 0 : d / (n * (n - d));
    curve.cumulativeHazard[k] = running.hazard;
    curve.cumulativeHazardError[k] = Math.sqrt(running.hazardVariance);
    survivors.survival[k] = running.survival;
    const error = Math.sqrt(running.greenwood);
    survivors.survivalError[k] = running.survival * error;
    const logSurvival = Math.log(running.survival);
    const width = Math.exp((z * error) / Math.abs(logSurvival));
    survivors.low[k] = Math.exp(logSurvival * width);
    survivors.high[k] = Math.exp(logSurvival / width);
  }
  return { ...curve, ...survivors };
}

/**
 * Nothing when subjects can be counted: whole ages from 0 up, columns of one length, hits marked 0 or 1.
 *
 * @param subjects read only
 * @throws E_INTERNAL otherwise
 * @source Kaplan & Meier 1958
 */
export function requireSubjects({ exit, isHit, entry, weight }: Subjects): void {
  if ([isHit, entry, weight].some((column) => column !== undefined && column.length !== exit.length)) {
    throw new AppError('E_INTERNAL', { problem: 'columns of subjects differ in length' });
  }
  for (let i = 0; i < exit.length; i++) {
    requireWhole(exit[i]!, 'exit age', 0);
    if (entry !== undefined) requireWhole(entry[i]!, 'entry age', 0);
    if (isHit[i] !== 0 && isHit[i] !== 1) throw new AppError('E_INTERNAL', { problem: `isHit[${i}] is ${isHit[i]}; a hit is 1 and anything else 0` });
  }
}
