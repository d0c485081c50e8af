import { mean, sampleStd } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';
import type { Matches } from './matchControls.ts';

/**
 * How far apart two groups lie on a covariate, in their common deviation: difference of means over the root of the mean of their sample variances.
 *
 * @param events   the covariate of matched events, finite, read only
 * @param controls the covariate of their controls, once per use, finite, read only
 * @returns        null for fewer than 2 values in a group, or means that differ without any variance
 * @throws E_INTERNAL on NaN or Infinity
 * @source Rosenbaum 2010
 */
export function standardizedMeanDifference(events: ArrayLike<number>, controls: ArrayLike<number>): number | null {
  requireFinite(events, 'events');
  requireFinite(controls, 'controls');
  const [deviationE, deviationC] = [sampleStd(events), sampleStd(controls)];
  if (deviationE === null || deviationC === null) return null;
  const difference = mean(events)! - mean(controls)!;
  if (difference === 0) return 0;
  const deviation = Math.sqrt((deviationE * deviationE + deviationC * deviationC) / 2);
  return deviation === 0 ? null : difference / deviation;
}

/** How good a match is, apart from its covariates. */
export interface MatchQuality {
  readonly events: number;
  readonly matched: number;
  /** Matched over all events. */
  readonly matchedShare: number | null;
  /** Controls used, once per use. */
  readonly controls: number;
  /** Distinct controls over controls used: 1 when none serves twice. */
  readonly uniqueShare: number | null;
  /** Most events that one control serves. */
  readonly mostReused: number;
}

/**
 * Counts and shares of a match: how many events found controls, and how often controls serve.
 *
 * @param matches what `matchControls` returned, read only
 * @param events  how many events there were
 * @returns       null shares without events or controls
 * @source research specification section 10.5
 */
export function matchQuality({ reuse, unmatched }: Matches, events: number): MatchQuality {
  const matched = events - unmatched.length;
  let controls = 0;
  let distinct = 0;
  let mostReused = 0;
  for (const uses of reuse) {
    controls += uses;
    distinct += +(uses > 0);
    mostReused = Math.max(mostReused, uses);
  }
  const matchedShare = events === 0 ? null : matched / events;
  return { events, matched, matchedShare, controls, uniqueShare: controls === 0 ? null : distinct / controls, mostReused };
}
