import { AppError } from '../../core/errors.ts';
import { requireFinite } from '../requireFinite.ts';
import { sumOver } from '../sums.ts';

/** P-values of count over B + 1 often tie with alpha exactly; rounding in the adjustment must not decide then. */
const rounding = 1e-12;

/**
 * Holm's adjusted p-values: rejecting those at most alpha keeps the chance of any false rejection below alpha, whatever the dependence.
 *
 * @param pValues [tests] each 0..1, read only
 * @returns       [tests] in input order, capped at 1
 * @throws E_INTERNAL on a p-value outside 0..1
 * @source Holm 1979
 * @vector multiple.adjust
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const order = ascending(pValues);
  const adjusted = new Float64Array(order.length);
  let running = 0;
  for (const [rank, test] of order.entries()) {
    running = Math.max(running, Math.min(1, (order.length - rank) * pValues[test]!));
    adjusted[test] = running;
  }
  return adjusted;
}

/**
 * Benjamini-Hochberg adjusted p-values: rejecting those at most alpha keeps the expected share of false rejections below alpha
 * for independent or positively dependent tests.
 *
 * @param pValues [tests] each 0..1, read only
 * @returns       [tests] in input order, capped at 1
 * @throws E_INTERNAL on a p-value outside 0..1
 * @source Benjamini & Hochberg 1995
 * @vector multiple.adjust
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  return stepUp(pValues, 1);
}

/**
 * Benjamini-Yekutieli adjusted p-values: as Benjamini-Hochberg, for any dependence, at the price of a factor 1 + 1/2 + ... + 1/m.
 *
 * @param pValues [tests] each 0..1, read only
 * @returns       [tests] in input order, capped at 1
 * @throws E_INTERNAL on a p-value outside 0..1
 * @source Benjamini & Yekutieli 2001
 * @vector multiple.adjust
 */
export function benjaminiYekutieli(pValues: ArrayLike<number>): Float64Array {
  return stepUp(pValues, harmonicSum(pValues.length));
}

/**
 * P-values times the number of tests, capped at 1.
 *
 * @param pValues [tests] each 0..1, read only
 * @throws E_INTERNAL on a p-value outside 0..1
 * @source Dunn 1961
 * @vector multiple.adjust
 */
export function bonferroni(pValues: ArrayLike<number>): Float64Array {
  requireProbabilities(pValues);
  return Float64Array.from(pValues, (p) => Math.min(1, p * pValues.length));
}

/**
 * 1 + 1/2 + ... + 1/count.
 *
 * @param count number of terms; 0 gives 0
 * @source Benjamini & Yekutieli 2001
 * @vector multiple.adjust
 */
export function harmonicSum(count: number): number {
  return sumOver(count, (i) => 1 / (i + 1));
}

/**
 * Positions of the adjusted p-values that are at most alpha, ascending.
 *
 * @param adjusted [tests] adjusted p-values, read only
 * @param alpha    error rate of the family
 * @source statistics specification section 7
 * @vector multiple.adjust
 */
export function rejectedTests(adjusted: ArrayLike<number>, alpha: number): number[] {
  return Array.from(adjusted).flatMap((p, test) => (p <= alpha * (1 + rounding) ? [test] : []));
}

/** Every correction of one family side by side, as a report shows it. */
export interface AdjustedFamily {
  readonly harmonicSum: number;
  readonly benjaminiHochberg: Float64Array;
  readonly benjaminiYekutieli: Float64Array;
  readonly holm: Float64Array;
  readonly bonferroni: Float64Array;
  readonly rejectedBH: readonly number[];
  readonly rejectedBY: readonly number[];
  readonly rejectedHolm: readonly number[];
}

/**
 * One family of tests under every correction, with the tests each rejects.
 *
 * @param pValues [tests] each 0..1, read only
 * @param alpha   error rate of the family
 * @throws E_INTERNAL on a p-value outside 0..1
 * @source Benjamini & Hochberg 1995; Benjamini & Yekutieli 2001; Holm 1979
 * @vector multiple.adjust
 */
export function adjustFamily(pValues: ArrayLike<number>, alpha: number): AdjustedFamily {
  const [bh, by, stepDown] = [benjaminiHochberg(pValues), benjaminiYekutieli(pValues), holm(pValues)];
  return {
    harmonicSum: harmonicSum(pValues.length),
    benjaminiHochberg: bh,
    benjaminiYekutieli: by,
    holm: stepDown,
    bonferroni: bonferroni(pValues),
    rejectedBH: rejectedTests(bh, alpha),
    rejectedBY: rejectedTests(by, alpha),
    rejectedHolm: rejectedTests(stepDown, alpha),
  };
}

function stepUp(pValues: ArrayLike<number>, factor: number): Float64Array {
  const order = ascending(pValues);
  const adjusted = new Float64Array(order.length);
  let running = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const test = order[rank - 1]!;
    running = Math.min(running, (pValues[test]! * order.length * factor) / rank);
    adjusted[test] = running;
  }
  return adjusted;
}

/** Tests by rising p-value, ties by position. */
function ascending(pValues: ArrayLike<number>): number[] {
  requireProbabilities(pValues);
  return Array.from(pValues, (_, test) => test).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
}

function requireProbabilities(pValues: ArrayLike<number>): void {
  requireFinite(pValues, 'pValues');
  for (let i = 0; i < pValues.length; i++) {
    if (pValues[i]! >= 0 && pValues[i]! <= 1) continue;
    throw new AppError('E_INTERNAL', { problem: `pValues[${i}] is ${pValues[i]}; a probability lies in 0..1` });
  }
}
