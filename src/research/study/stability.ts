import { randomEffects } from '../../stats/meta/randomEffects.ts';
import type { CompiledStudy } from './compile.ts';
import { counts, type SliceEstimate } from './estimateSlice.ts';
import type { EffectRow, HeterogeneityRow } from './result.ts';

/** The primary effect in the cells of every split, and what the cells say together. */
export interface Stability {
  readonly cells: readonly EffectRow[];
  readonly heterogeneity: readonly HeterogeneityRow[];
}

/**
 * The primary effect per year, symbol and stratum level, each with its own interval from the resamples of the whole, and per split the
 * random-effects mean and spread over its cells. Cells count as independent in the latter: symbols that move together say less than they seem to.
 *
 * @source research specification 10.5, 11.1 (S-27)
 */
export function stabilityOf(study: CompiledStudy, estimate: SliceEstimate): Stability {
  const { primary: estimand } = study.document.hypothesis;
  const contrast = estimate.contrasts.get(estimand)!;
  const { cells, meanBlocks } = estimate;
  const meanBlock = meanBlocks.get(estimand)!;
  const rows = cells.map(({ split, level, isIn, interval }): EffectRow => {
    const value = contrast.value(isIn);
    return {
      slice: estimate.id,
      estimand,
      split,
      level,
      ...counts(contrast, isIn),
      event: value?.event ?? null,
      control: value?.control ?? null,
      effect: value?.effect ?? null,
      ci_low: interval?.low ?? null,
      ci_high: interval?.high ?? null,
      p_raw: null,
      p_adjusted: null,
      block_days: interval === null ? null : meanBlock,
    };
  });
  const least = study.document.gates.min_cell;
  const heterogeneity = [...new Set(cells.map(({ split }) => split))].map((split): HeterogeneityRow => {
    const told = rows.flatMap((row, i) => {
      const error = cells[i]!.interval?.error ?? 0;
      return row.split === split && row.effect !== null && row.n_events >= least && error > 0 ? [{ effect: row.effect, error }] : [];
    });
    const found = randomEffects(
      told.map(({ effect }) => effect),
      told.map(({ error }) => error),
      1 - study.document.inference.level,
    );
    return {
      slice: estimate.id,
      estimand,
      split,
      cells: told.length,
      pooled: found?.mean ?? null,
      ci_low: found?.low ?? null,
      ci_high: found?.high ?? null,
      p: found?.pTwoSided ?? null,
      tau_squared: found?.tauSquared ?? null,
      i_squared: found?.iSquared ?? null,
      q: found?.q ?? null,
      p_heterogeneity: found?.pHeterogeneity ?? null,
    };
  });
  return { cells: rows, heterogeneity };
}
