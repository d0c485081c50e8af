import { AppError } from '../../core/errors.ts';
import { chiSquareTail } from '../calibration/chiSquare.ts';
import { normalCdf, normalQuantile } from '../normal.ts';
import { requireAlpha } from '../requireAlpha.ts';
import { requireFinite } from '../requireFinite.ts';
import { sumOver } from '../sums.ts';

/** Effects of several groups as draws from one distribution of effects. */
export interface RandomEffects {
  readonly groups: number;
  /** Mean of the distribution, in the unit of the effects, with its bounds. */
  readonly mean: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** That the mean is 0. */
  readonly pTwoSided: number;
  /** Variance of the effects between groups, 0 or more. */
  readonly tauSquared: number;
  /** Weighted squared distances of the effects from their common mean. */
  readonly q: number;
  /** That all groups have one effect. */
  readonly pHeterogeneity: number;
  /** Share of the spread of the estimates that is between groups, 0..1. */
  readonly iSquared: number;
}

/**
 * Random-effects meta-analysis of independent groups by the method of moments: groups are weighted with their own error and with what they
 * differ by beyond it.
 *
 * @param effects [groups] estimates, finite, read only
 * @param errors  [groups] their standard errors, above 0, read only
 * @param alpha   1 - confidence of the bounds, in (0, 1)
 * @returns       null for fewer than 2 groups
 * @throws E_INTERNAL on columns of unequal length, NaN, an error that is not above 0, or an alpha out of range
 * @formula w = 1 / s^2; Q = sum w (y - m)^2; tau^2 = max(0, (Q - (k - 1)) / (sum w - sum w^2 / sum w)); weights 1 / (s^2 + tau^2)
 * @source DerSimonian & Laird 1986; Higgins & Thompson 2002 (I squared)
 */
export function randomEffects(effects: ArrayLike<number>, errors: ArrayLike<number>, alpha: number): RandomEffects | null {
  requireAlpha(alpha);
  requireFinite(effects, 'effects');
  requireFinite(errors, 'errors');
  const groups = effects.length;
  if (errors.length !== groups) throw new AppError('E_INTERNAL', { problem: `${groups} effects have ${errors.length} errors` });
  const odd = Array.from(errors).find((error) => !(error > 0));
  if (odd !== undefined) throw new AppError('E_INTERNAL', { problem: `a standard error is ${odd}; it has to be above 0` });
  if (groups < 2) return null;
  const fixed = weightedMean(effects, errors, 0);
  const q = sumOver(groups, (i) => ((effects[i]! - fixed.mean) * (effects[i]! - fixed.mean)) / (errors[i]! * errors[i]!));
  const squares = sumOver(groups, (i) => 1 / (errors[i]! * errors[i]! * errors[i]! * errors[i]!));
  const tauSquared = Math.max(0, (q - (groups - 1)) / (fixed.weight - squares / fixed.weight));
  const { mean, weight } = weightedMean(effects, errors, tauSquared);
  const standardError = Math.sqrt(1 / weight);
  const reach = normalQuantile(1 - alpha / 2)! * standardError;
  return {
    groups,
    mean,
    standardError,
    low: mean - reach,
    high: mean + reach,
    pTwoSided: 2 * normalCdf(-Math.abs(mean) / standardError),
    tauSquared,
    q,
    pHeterogeneity: chiSquareTail(q, groups - 1),
    iSquared: q === 0 ? 0 : Math.max(0, (q - (groups - 1)) / q),
  };
}

function weightedMean(effects: ArrayLike<number>, errors: ArrayLike<number>, between: number): { mean: number; weight: number } {
  const weightOf = (i: number): number => 1 / (errors[i]! * errors[i]! + between);
  const weight = sumOver(effects.length, weightOf);
  return { mean: sumOver(effects.length, (i) => weightOf(i) * effects[i]!) / weight, weight };
}
