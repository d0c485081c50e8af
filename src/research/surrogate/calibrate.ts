import type { Columns } from '../../core/table.ts';
import { placeboP } from '../../stats/events/placebo.ts';
import type { CompiledStudy } from '../study/compile.ts';
import { primaryEffect } from '../study/estimateSlice.ts';
import type { StudyFrame } from '../study/frame.ts';
import { prepareStudy, rangesOf } from '../study/prepare.ts';
import type { SurrogateEffects, Verdict } from '../study/result.ts';
import { runStudy } from '../study/runStudy.ts';
import type { SurrogateBars } from './market.ts';

/** Adds features to bar fields: the planned feature units, run as the pipeline runs them. */
export type AddFeatures = (base: Columns, isGap: Uint8Array) => Columns;

/** A surrogate market as study frames, features computed from its own bars. */
export function framesOf(bars: readonly SurrogateBars[], addFeatures: AddFeatures): StudyFrame[] {
  return bars.map(({ symbol, rows, openTime, columns }) => {
    const isGap = new Uint8Array(rows);
    return { symbol, rows, openTime, isGap, columns: { ...columns, ...addFeatures({ timestamp: openTime, ...columns }, isGap) } };
  });
}

/**
 * The primary effect of a study on one market, development slice only: thresholds, events and matching exactly as in a run, no
 * uncertainty. Null where the market gives no effect (no events, no controls).
 */
export function effectOn(study: CompiledStudy, frames: readonly StudyFrame[]): number | null {
  const { symbols, slices } = prepareStudy(study, frames, false);
  const slice = slices.find(({ id }) => id === 'development');
  if (symbols.length === 0 || slice === undefined) return null;
  return primaryEffect({ study, slice, symbols, ranges: rangesOf(symbols, slice), stream: '' });
}

/** What a study says of one market. */
export interface MarketVerdict {
  readonly effect: number | null;
  readonly verdict: Verdict;
}

/**
 * The verdict of a study on a market, spared the expensive part where the cheap part settles it: a primary effect that surrogate
 * markets show as well fails its gate whatever else is computed.
 */
export function verdictOn(
  study: CompiledStudy,
  frames: readonly StudyFrame[],
  { seed, surrogates }: { seed: number; surrogates: readonly SurrogateEffects[] },
): MarketVerdict {
  const effect = effectOn(study, frames);
  const { hypothesis, inference } = study.document;
  if (effect === null) return { effect, verdict: 'inconclusive' };
  const isOrdinary = surrogates.some(({ effects }) => {
    const p = placeboP(
      effect,
      Float64Array.from(effects, (value) => value ?? Number.NaN),
      hypothesis.direction,
    );
    return p !== null && p > inference.alpha;
  });
  return { effect, verdict: isOrdinary ? 'fail' : runStudy({ study, frames, seed, surrogates }).verdict };
}
