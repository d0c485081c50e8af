import { mean } from '../moments.ts';
import { finiteOrNull, requireFinite } from '../requireFinite.ts';
import { neumaierSum, sumOver } from '../sums.ts';

/** More arrangements than this are not enumerated: placebo dates answer the same question by drawing. */
export const mostArrangements = 200_000;

/** Two statistics closer than this, as a share of the values' size, are a tie that rounding pulled apart. */
const tie = 1e-12;

/** P-values are shares of all arrangements, the observed one among them, so never 0; null when there are too many or no values. */
export interface ExactTest {
  readonly effect: number | null;
  /** Null beyond what a number holds. */
  readonly arrangements: number | null;
  /** Chance of an effect at least as large when the labels mean nothing. */
  readonly pUpper: number | null;
  /** The same for the size of the effect. */
  readonly pTwoSided: number | null;
}

/**
 * Difference of means of events and controls against every way of calling that many of the values events.
 *
 * @param events   outcomes of events, finite, read only
 * @param controls outcomes of controls, finite, read only
 * @returns        null p-values beyond 200,000 arrangements; all null when a group is empty
 * @throws E_INTERNAL on NaN or Infinity
 * @source Fisher 1935; Good 2005
 * @vector events.permutation
 */
export function permutationExact(events: ArrayLike<number>, controls: ArrayLike<number>): ExactTest {
  requireFinite(events, 'events');
  requireFinite(controls, 'controls');
  const pooled = [...Array.from(events), ...Array.from(controls)];
  const arrangements = finiteOrNull(choose(pooled.length, events.length));
  if (events.length === 0 || controls.length === 0) return { effect: null, arrangements, pUpper: null, pTwoSided: null };
  const effect = mean(events)! - mean(controls)!;
  const total = neumaierSum(pooled);
  const inverse = 1 / events.length + 1 / controls.length;
  // The difference of means is a line in the sum of the values called events.
  const effectOf = (sum: number) => sum * inverse - total / controls.length;
  const visit = (see: (effect: number) => void) => eachSubsetSum(pooled, events.length, (sum) => see(effectOf(sum)));
  return { effect, arrangements, ...tailShares({ effect, arrangements, slack: slackOf(pooled) * inverse, visit }) };
}

/**
 * Mean of paired differences against every pattern of signs.
 *
 * @param differences event minus its control, finite, read only
 * @returns           null p-values beyond 200,000 patterns (17 differences); all null for none
 * @throws E_INTERNAL on NaN or Infinity
 * @source Fisher 1935
 * @vector events.signFlip
 */
export function signFlipExact(differences: ArrayLike<number>): ExactTest {
  requireFinite(differences, 'differences');
  const n = differences.length;
  const arrangements = finiteOrNull(2 ** n);
  const effect = mean(differences);
  if (effect === null) return { effect, arrangements, pUpper: null, pTwoSided: null };
  const visit = (see: (effect: number) => void) => eachSignedSum(Array.from(differences), (sum) => see(sum / n));
  return { effect, arrangements, ...tailShares({ effect, arrangements, slack: slackOf(differences) / n, visit }) };
}

interface Arrangements {
  readonly effect: number;
  readonly arrangements: number | null;
  /** Effects closer than this are equal. */
  readonly slack: number;
  /** Calls back with the effect of every arrangement. */
  readonly visit: (see: (effect: number) => void) => void;
}

function tailShares({ effect, arrangements, slack, visit }: Arrangements): Pick<ExactTest, 'pUpper' | 'pTwoSided'> {
  if (arrangements === null || arrangements > mostArrangements) return { pUpper: null, pTwoSided: null };
  let upper = 0;
  let twoSided = 0;
  visit((other) => {
    upper += +(other >= effect - slack);
    twoSided += +(Math.abs(other) >= Math.abs(effect) - slack);
  });
  return { pUpper: upper / arrangements, pTwoSided: twoSided / arrangements };
}

function slackOf(values: ArrayLike<number>): number {
  return tie * sumOver(values.length, (i) => Math.abs(values[i]!));
}

/** Binomial coefficient; exact while it matters (below 2^53). */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = (ways * (n - i + 1)) / i;
  return ways;
}

function eachSubsetSum(values: readonly number[], size: number, see: (sum: number) => void): void {
  const walk = (from: number, left: number, sum: number): void => {
    if (left === 0) {
      see(sum);
      return;
    }
    for (let i = from; i <= values.length - left; i++) walk(i + 1, left - 1, sum + values[i]!);
  };
  walk(0, size, 0);
}

function eachSignedSum(values: readonly number[], see: (sum: number) => void): void {
  const walk = (i: number, sum: number): void => {
    if (i === values.length) {
      see(sum);
      return;
    }
    walk(i + 1, sum + values[i]!);
    walk(i + 1, sum - values[i]!);
  };
  walk(0, 0);
}
