import { namedStream, nextIndex } from '../../core/random.ts';
import type { BoundOverlay } from '../../engine/overlay/overlay.ts';
import type { SliceBook } from './book.ts';
import type { Cell } from './cells.ts';
import { excessSharpe, fillExcess, keptShare, meanDifference } from './measure.ts';
import { streamOf } from './plan.ts';
import type { PolicyInput } from './input.ts';

/** What random throttles did, [draws] each. */
export interface Throttles {
  readonly daysMoved: Int32Array;
  readonly sharpe: Float64Array;
  /** Mean net difference of a day. */
  readonly difference: Float64Array;
  /** Share of exposure left; NaN where the book had none. */
  readonly kept: Float64Array;
}

/**
 * The book under a cell's action when its condition is moved around the slice by a random number of whole days: throttles that know
 * nothing, with the cell's share of bars and clusters. Draw b moves every cell by the same days, so that cells can be judged together.
 *
 * @param stream prefix of the stream names, one per draw
 * @returns      no draws where the slice has fewer than 3 days
 * @source       research specification 10.9; Politis & Romano 1994 (circular shifts keep the dependence in time)
 */
export function randomThrottles(
  book: SliceBook,
  overlays: readonly BoundOverlay[],
  { draws, stream }: { readonly draws: number; readonly stream: string },
): Throttles {
  const { days } = book.slice;
  const count = days < 3 ? 0 : draws;
  const found = {
    daysMoved: new Int32Array(count),
    sharpe: new Float64Array(count),
    difference: new Float64Array(count),
    kept: new Float64Array(count),
  };
  const base = book.baseline.total;
  const excess = new Float64Array(days);
  for (let draw = 0; draw < count; draw++) {
    const moved = 1 + nextIndex(namedStream(`${stream}/${draw}`), days - 1);
    const sums = book.runMoved(overlays, moved);
    found.daysMoved[draw] = moved;
    found.sharpe[draw] = excessSharpe(fillExcess(sums, base, excess));
    found.difference[draw] = meanDifference(sums, base);
    found.kept[draw] = keptShare(sums, base) ?? Number.NaN;
  }
  return found;
}

/** Whether moving the condition never changed anything: it repeats itself every day, and days cannot tell it from chance. */
export function isUnmoved({ sharpe }: Throttles, observed: number): boolean {
  return sharpe.every((draw) => draw === observed);
}

/** The throttles of a cell as its document asks for them. */
export function cellThrottles(input: PolicyInput, book: SliceBook, { overlays }: Cell): Throttles {
  const { throttles: draws } = input.policy.document.inference;
  return randomThrottles(book, overlays, { draws, stream: `${streamOf(input)}/throttle/${book.slice.id}` });
}
