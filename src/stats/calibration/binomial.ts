import { AppError } from '../../core/errors.ts';
import { requireAlpha } from '../requireAlpha.ts';
import { requireWhole } from '../requireWhole.ts';
import { sumOver } from '../sums.ts';

/**
 * Logarithms of the binomial coefficients n over 0..n.
 *
 * @param n whole number from 0 up
 * @returns [n + 1]
 * @source standard definition
 */
export function logBinomialTerms(n: number): Float64Array {
  const terms = new Float64Array(n + 1);
  let sum = 0;
  let lost = 0;
  for (let j = 1; j <= n; j++) {
    // Neumaier's correction: thousands of logarithms of both signs.
    const value = Math.log((n - j + 1) / j);
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    terms[j] = sum + lost;
  }
  return terms;
}

/**
 * Chance of at least `hits` successes in `trials`, each with chance `rate`.
 *
 * @param hits   whole number; 0 or less gives 1
 * @param trials whole number from 0 up
 * @param rate   0..1
 * @throws E_INTERNAL on counts that are not whole or a rate outside 0..1
 * @source standard definition
 */
export function binomialTail(hits: number, trials: number, rate: number): number {
  requireWhole(trials, 'trials', 0);
  if (!(rate >= 0 && rate <= 1)) throw new AppError('E_INTERNAL', { problem: `a rate lies in 0..1, not ${rate}` });
  if (hits <= 0) return 1;
  requireWhole(hits, 'hits', 0);
  if (hits > trials || rate === 0) return 0;
  if (rate === 1) return 1;
  const ways = logBinomialTerms(trials);
  const [logRate, logMiss] = [Math.log(rate), Math.log1p(-rate)];
  return Math.min(
    1,
    sumOver(trials - hits + 1, (i) => Math.exp(ways[hits + i]! + (hits + i) * logRate + (trials - hits - i) * logMiss)),
  );
}

/** A share of successes with exact bounds. */
export interface BinomialInterval {
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
}

/**
 * Share of successes with its exact two-sided interval: rates that would not make the count surprising on either side.
 *
 * @param hits   successes, 0..trials
 * @param trials whole number from 0 up; 0 gives the bounds 0 and 1
 * @param alpha  1 - confidence, in (0, 1)
 * @throws E_INTERNAL on counts that are not whole or out of order, or an alpha out of range
 * @source Clopper & Pearson 1934
 */
export function clopperPearson(hits: number, trials: number, alpha: number): BinomialInterval {
  requireWhole(hits, 'hits', 0);
  requireWhole(trials, 'trials', hits);
  requireAlpha(alpha);
  const low = hits === 0 ? 0 : rateWhere((rate) => binomialTail(hits, trials, rate) < alpha / 2);
  const high = hits === trials ? 1 : rateWhere((rate) => 1 - binomialTail(hits + 1, trials, rate) > alpha / 2);
  return { share: trials === 0 ? null : hits / trials, low, high };
}

/**
 * The most hits that one of several cells may show while all of them could still have the stated rate, family-wise: the smallest bound that a cell
 * of that rate exceeds with a chance of at most `alpha / cells`. A campaign passes when no cell exceeds it.
 *
 * @param trials trials in the cell
 * @param claim  the stated rate, how many cells the campaign compares with it, and the campaign's error rate
 * @throws E_INTERNAL on counts that are not whole, a rate outside 0..1 or an alpha out of range
 * @source Bonferroni's inequality; overview section 6.32
 */
export function mostHitsAllowed(trials: number, { rate, cells, alpha }: { rate: number; cells: number; alpha: number }): number {
  requireWhole(cells, 'cells', 1);
  requireAlpha(alpha);
  let most = 0;
  while (binomialTail(most + 1, trials, rate) > alpha / cells) most++;
  return most;
}

/** The rate at which a claim turns from true to false, to the last bit, by halving. */
function rateWhere(isBelow: (rate: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
}
