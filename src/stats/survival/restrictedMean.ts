import { normalCdf } from '../normal.ts';
import { requireWhole } from '../requireWhole.ts';
import { sumOver } from '../sums.ts';
import { type LifeTable, lifeTable, type Subjects } from './survivalCurve.ts';

/** Mean age without a hit up to a limit, in bars, with its standard error. */
export interface RestrictedMean {
  readonly mean: number | null;
  readonly standardError: number | null;
}

/** Difference of two restricted means, first minus second, in bars. */
export interface RestrictedMeanDifference {
  readonly difference: number | null;
  readonly standardError: number | null;
  readonly pTwoSided: number | null;
}

/**
 * Mean number of bars without a hit within the first `limit` bars: the area under the survival curve.
 *
 * @param subjects read only
 * @param limit    last age counted, at least 1
 * @returns        nulls where some are unhit and nobody is left at risk before the limit
 * @throws E_INTERNAL on ages that are not whole
 * @source Irwin 1949; Klein & Moeschberger 2003
 */
export function restrictedMean(subjects: Subjects, limit: number): RestrictedMean {
  requireWhole(limit, 'limit', 1);
  return meanOfTable(lifeTable(subjects, limit));
}

/**
 * Difference of restricted means of two independent groups, tested by its normal approximation.
 * For groups that share days, resample instead: `restrictedMeanPseudoValues` turns it into a mean over subjects.
 *
 * @param first  read only
 * @param second read only
 * @param limit  last age counted, at least 1
 * @returns      null where one of the means is
 * @throws E_INTERNAL on ages that are not whole
 * @source Royston & Parmar 2013
 */
export function restrictedMeanDifference(first: Subjects, second: Subjects, limit: number): RestrictedMeanDifference {
  const [a, b] = [restrictedMean(first, limit), restrictedMean(second, limit)];
  if (a.mean === null || b.mean === null) return { difference: null, standardError: null, pTwoSided: null };
  const difference = a.mean - b.mean;
  if (a.standardError === null || b.standardError === null) return { difference, standardError: null, pTwoSided: null };
  const standardError = Math.sqrt(a.standardError * a.standardError + b.standardError * b.standardError);
  const pTwoSided = standardError === 0 ? null : 2 * normalCdf(-Math.abs(difference) / standardError);
  return { difference, standardError, pTwoSided };
}

/**
 * One value per subject whose mean is the restricted mean: what the subject adds to it, censored or not. Differences of restricted means become
 * differences of means, and every method for means applies (days as clusters, shared resamples).
 *
 * @param subjects read only
 * @param limit    last age counted, at least 1
 * @returns        [subjects] in bars; null where the restricted mean, with all or without one of them, is
 * @throws E_INTERNAL on ages that are not whole
 * @source Andersen, Hansen & Klein 2004
 */
export function restrictedMeanPseudoValues(subjects: Subjects, limit: number): Float64Array | null {
  requireWhole(limit, 'limit', 1);
  const { exit, isHit, entry } = subjects;
  const table = lifeTable(subjects, limit);
  const whole = meanOfTable(table).mean;
  if (whole === null) return null;
  const count = exit.length;
  const values = new Float64Array(count);
  // Subjects with one history have one value: ages are few, subjects many.
  const seen = new Map<string, number | null>();
  for (let i = 0; i < count; i++) {
    const history = `${entry?.[i] ?? 0}/${exit[i]}/${isHit[i]}`;
    let without = seen.get(history);
    if (without === undefined) {
      without = meanOfTable(leaveOut(table, { from: entry?.[i] ?? 0, to: exit[i]!, isHit: isHit[i] === 1 })).mean;
      seen.set(history, without);
    }
    if (without === null) return null;
    values[i] = count * whole - (count - 1) * without;
  }
  return values;
}

function leaveOut({ atRisk, hits }: LifeTable, { from, to, isHit }: { from: number; to: number; isHit: boolean }): LifeTable {
  const left = { atRisk: atRisk.slice(), hits: hits.slice() };
  for (let k = from; k < Math.min(to, atRisk.length); k++) left.atRisk[k]!--;
  if (isHit && to > from && to <= atRisk.length) left.hits[to - 1]!--;
  return left;
}

function meanOfTable({ atRisk, hits }: LifeTable): RestrictedMean {
  const limit = atRisk.length;
  const survival = new Float64Array(limit + 1).fill(1);
  // Once everybody is hit the curve stays at 0, though nobody is left at risk.
  for (let k = 0; k < limit; k++) survival[k + 1] = survival[k] === 0 ? 0 : (survival[k]! * (atRisk[k]! - hits[k]!)) / atRisk[k]!;
  const mean = sumOver(limit, (k) => survival[k]!);
  if (Number.isNaN(mean)) return { mean: null, standardError: null };
  let area = 0;
  let variance = 0;
  for (let k = limit - 1; k > 0; k--) {
    area += survival[k]!;
    const [n, d] = [atRisk[k - 1]!, hits[k - 1]!];
    if (d > 0 && n > d) variance += (area * area * d) / (n * (n - d));
  }
  return { mean, standardError: Math.sqrt(variance) };
}
