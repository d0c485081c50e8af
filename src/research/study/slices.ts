import { dayMs, parseDay } from '../../core/time.ts';
import { lowerBound } from '../../market/cleanBars.ts';
import type { CompiledStudy } from './compile.ts';
import type { RowRange, StudyFrame } from './frame.ts';
import type { SliceId } from './result.ts';

/** A slice of calendar time, epoch ms, end exclusive. */
export interface Slice {
  readonly id: SliceId;
  readonly start: number;
  readonly end: number;
}

const sliceIds: readonly SliceId[] = ['development', 'confirmation', 'holdout'];

/**
 * The slices of a study's sample plan: its dates, or shares of the days between the first and last bar of any symbol. After the
 * first, each slice begins with a purge (longest outcome window and what formulas look back on) and an embargo of one day.
 *
 * @source research specification 10.6
 */
export function slicesOf(study: CompiledStudy, span: { readonly start: number; readonly end: number }): Slice[] {
  const plan = study.document.sample;
  const purge = study.purgeBars * study.barMs + dayMs;
  if (!('shares' in plan)) {
    return sliceIds.flatMap((id) => {
      const days = plan[id];
      if (days === undefined) return [];
      const start = Math.max(parseDay(days[0])!, span.start) + (id === 'development' ? 0 : purge);
      const end = Math.min(parseDay(days[1])! + dayMs, span.end);
      return start < end ? [{ id, start, end }] : [];
    });
  }
  const days = Math.floor((span.end - span.start) / dayMs);
  const total = plan.shares[0] + plan.shares[1] + plan.shares[2];
  let [begun, before] = [0, span.start];
  return sliceIds.flatMap((id, i) => {
    begun += plan.shares[i]!;
    const start = before + (i === 0 ? 0 : purge);
    const end = i === 2 ? span.end : span.start + Math.floor((days * begun) / total) * dayMs;
    before = end;
    return start < end && plan.shares[i]! > 0 ? [{ id, start, end }] : [];
  });
}

/** The rows of a frame inside a slice. */
export function rowsOf({ openTime }: StudyFrame, { start, end }: { readonly start: number; readonly end: number }): RowRange {
  return { from: lowerBound(openTime, start), to: lowerBound(openTime, end) };
}
