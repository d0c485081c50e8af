import { type BlockLists, blockLists, fillBlockLists } from './blockLists.ts';
import { checkRolling, numberRuns } from './runs.ts';

/**
 * Fills out[i] with the percentile rank of value i among the last `window` values ending at i: the count of values
 * at most as large, itself included, / window * 100 in this order in double precision. In (0, 100], exact with ties.
 *
 * NaN for i < window - 1 and for windows that contain NaN.
 *
 * A window is the end of one block of `window` bars and the beginning of the next. For each block the values of both
 * are visited in ascending order, so that the count is the number of places of the window already visited: a prefix
 * of the later block plus a suffix of the earlier one, read off a small counter tree.
 *
 * @param values [bars], one gap-free segment, read only
 * @param window bars, a whole number from 1
 * @param out    [bars], owned by the caller, not the memory of `values`, overwritten
 * @source       core-pipeline specification 9.3 and 24 (numeric rule 1); performance specification 3.3
 */
export function rollingRank(values: Float64Array, window: number, out: Float64Array): void {
  checkRolling(values, window, out);
  out.fill(NaN);
  if (window > values.length) return;
  const work = rankWork(values, window, out);
  const runs = numberRuns(values);
  for (let r = 0; r < runs.length; r += 2) {
    if (runs[r + 1]! - runs[r]! >= window) rankRun(work, runs[r]!, runs[r + 1]!);
  }
}

interface RankWork {
  readonly values: Float64Array;
  readonly window: number;
  readonly out: Float64Array;
  readonly blocks: BlockLists;
  /** One bit per offset: visited in the block itself, and in the block before it. */
  readonly present: Int32Array;
  readonly past: Int32Array;
  /** Differences per word of 32 offsets, and per 8 words: own visits from the next word on, minus earlier ones from their word on. */
  readonly words: Int32Array;
  readonly groups: Int32Array;
}

function rankWork(values: Float64Array, window: number, out: Float64Array): RankWork {
  const words = Math.ceil(window / 32) + 1;
  return {
    values,
    window,
    out,
    blocks: blockLists(window),
    present: new Int32Array(words),
    past: new Int32Array(words),
    words: new Int32Array(words),
    groups: new Int32Array((words >> 3) + 1),
  };
}

/** Fills out for one stretch without missing values, at least a window long. */
function rankRun(work: RankWork, start: number, end: number): void {
  const { values, window, blocks } = work;
  let previousCount = 0;
  for (let from = start; from < end; from += blocks.chunk) {
    const count = Math.min(blocks.chunk, end - from);
    fillBlockLists(blocks, values, from, count);
    for (let offset = 0; offset < count; offset += window) {
      rankBlock(work, from + offset, Math.min(window, count - offset), offset, previousCount);
      previousCount = window;
    }
  }
  work.out.fill(NaN, start, start + window - 1);
}

/**
 * Fills out for the block of `count` bars at `start`, whose list begins at lists[window + base]; the list of the
 * block before it, `pastCount` long, begins at lists[base].
 */
function rankBlock(work: RankWork, start: number, count: number, base: number, pastCount: number): void {
  const { values, window, out, present, past, words, groups } = work;
  const { lists } = work.blocks;
  const own = window + base;
  const pastStart = start - window;
  present.fill(0);
  past.fill(0);
  words.fill(0);
  groups.fill(0);
  let visited = 0;
  for (let j = 0; j < count; j++) {
    const offset = lists[own + j]!;
    const x = values[start + offset]!;
    // Equal values of the earlier block count, so they come first; equal own values come in order of time.
    while (visited < pastCount) {
      const other = lists[base + visited]!;
      if (values[pastStart + other]! > x) break;
      past[other >> 5]! |= 1 << (other & 31);
      words[other >> 5]!--;
      groups[other >> 8]!--;
      visited++;
    }
    const word = offset >> 5;
    present[word]! |= 1 << (offset & 31);
    words[word + 1]!++;
    groups[(word + 1) >> 3]!++;
    const upTo = (2 << (offset & 31)) - 1;
    let bits = (present[word]! & upTo) | (past[word]! & ~upTo);
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    let rank = visited + (Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24);
    const group = word >> 3;
    for (let g = 0; g < group; g++) rank += groups[g]!;
    for (let k = group << 3; k <= word; k++) rank += words[k]!;
    out[start + offset] = (rank / window) * 100;
  }
}
