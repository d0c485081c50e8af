import { type BlockLists, blockLists, fillBlockLists } from './blockLists.ts';
import { checkRolling, numberRuns } from './runs.ts';

/**
 * Fills out[i] with the median of the last `window` values ending at i, inclusive; the mean of the two middle values
 * when the window is even.
 *
 * NaN for i < window - 1 and for windows that contain NaN. A zero result is positive zero.
 *
 * A window is the end of one block of `window` bars and the beginning of the next. The values of both blocks get
 * their places in one ascending list; the window is a bit per place, and each bar moves the mark of the lower middle
 * value by at most two set bits.
 *
 * @param values [bars], one gap-free segment, read only
 * @param window bars, a whole number from 1
 * @param out    [bars], owned by the caller, not the memory of `values`, overwritten
 * @source       core-pipeline specification 9.3; performance specification 3.3 (the order of rank, shared)
 */
export function rollingMedian(values: Float64Array, window: number, out: Float64Array): void {
  checkRolling(values, window, out);
  out.fill(NaN);
  if (window > values.length) return;
  const work: MedianWork = {
    values,
    window,
    out,
    blocks: blockLists(window),
    pastPlace: new Int32Array(window),
    ownPlace: new Int32Array(window),
    sorted: new Float64Array(2 * window),
    bits: new Int32Array((window >> 4) + 1),
  };
  const runs = numberRuns(values);
  for (let r = 0; r < runs.length; r += 2) {
    if (runs[r + 1]! - runs[r]! >= window) medianRun(work, runs[r]!, runs[r + 1]!);
  }
}

interface MedianWork {
  readonly values: Float64Array;
  readonly window: number;
  readonly out: Float64Array;
  readonly blocks: BlockLists;
  /** [window] place in `sorted` of each bar of the earlier and of the later block. */
  readonly pastPlace: Int32Array;
  readonly ownPlace: Int32Array;
  /** [2 x window] values of both blocks, ascending. */
  readonly sorted: Float64Array;
  /** One bit per place of `sorted`: whether its bar is in the window. */
  readonly bits: Int32Array;
}

/** Fills out for one stretch without missing values, at least a window long. */
function medianRun(work: MedianWork, start: number, end: number): void {
  const { values, window, out, blocks } = work;
  for (let from = start; from < end; from += blocks.chunk) {
    const count = Math.min(blocks.chunk, end - from);
    fillBlockLists(blocks, values, from, count);
    for (let offset = 0; offset < count; offset += window) {
      const first = from + offset;
      if (first === start) {
        const lower = values[start + blocks.lists[window + ((window - 1) >> 1)]!]!;
        const upper = values[start + blocks.lists[window + (window >> 1)]!]!;
        out[start + window - 1] = middle(lower, upper);
        continue;
      }
      const length = Math.min(window, count - offset);
      mergeBlocks(work, first, length, offset);
      medianBlock(work, first, length, work.pastPlace[blocks.lists[offset + ((window - 1) >> 1)]!]!);
    }
  }
}

/** Gives the bars of the block of `count` at `start` and of the full block before it their places in one order. */
function mergeBlocks(work: MedianWork, start: number, count: number, base: number): void {
  const { values, window, pastPlace, ownPlace, sorted, bits } = work;
  const { lists } = work.blocks;
  const own = base + window;
  const pastStart = start - window;
  bits.fill(0);
  let place = 0;
  let taken = 0;
  for (let j = 0; j < window; j++) {
    const past = lists[base + j]!;
    const x = values[pastStart + past]!;
    while (taken < count) {
      const offset = lists[own + taken]!;
      const y = values[start + offset]!;
      if (y >= x) break;
      ownPlace[offset] = place;
      sorted[place++] = y;
      taken++;
    }
    pastPlace[past] = place;
    bits[place >> 5]! |= 1 << (place & 31);
    sorted[place++] = x;
  }
  for (; taken < count; taken++) {
    const offset = lists[own + taken]!;
    ownPlace[offset] = place;
    sorted[place++] = values[start + offset]!;
  }
}

/** Fills out for the block of `count` bars at `start`, beginning with the lower middle place of the block before. */
function medianBlock(work: MedianWork, start: number, count: number, firstMark: number): void {
  const { window, out, pastPlace, ownPlace, sorted, bits } = work;
  const wanted = (window - 1) >> 1;
  const isEven = (window & 1) === 0;
  let mark = firstMark;
  let below = wanted;
  for (let j = 0; j < count; j++) {
    const leaving = pastPlace[j]!;
    const entering = ownPlace[j]!;
    bits[leaving >> 5]! &= ~(1 << (leaving & 31));
    bits[entering >> 5]! |= 1 << (entering & 31);
    below += +(entering < mark) - +(leaving < mark);
    if (below > wanted) {
      mark = setBefore(bits, mark);
      below--;
    } else {
      if (leaving === mark) mark = setFrom(bits, mark);
      if (below < wanted) {
        mark = setFrom(bits, mark + 1);
        below++;
      }
    }
    const lower = sorted[mark]!;
    out[start + j] = isEven ? middle(lower, sorted[setFrom(bits, mark + 1)]!) : lower + 0;
  }
}

/** The median of the two middle values, which are the same one in odd windows; negative zero becomes zero. */
function middle(lower: number, upper: number): number {
  return lower === upper ? lower + 0 : (lower + upper) / 2 + 0;
}

/** First set bit at or after a place; there is one. */
function setFrom(bits: Int32Array, place: number): number {
  let word = place >> 5;
  let rest = bits[word]! & (-1 << (place & 31));
  while (rest === 0) rest = bits[++word]!;
  return (word << 5) + 31 - Math.clz32(rest & -rest);
}

/** Last set bit before a place; there is one. */
function setBefore(bits: Int32Array, place: number): number {
  let word = place >> 5;
  let rest = bits[word]! & ((1 << (place & 31)) - 1);
  while (rest === 0) rest = bits[--word]!;
  return (word << 5) + 31 - Math.clz32(rest);
}
