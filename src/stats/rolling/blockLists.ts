import { ascendingOrder, type OrderScratch, orderScratch } from './ascendingOrder.ts';

/** Bars sorted at a time when the window is short, so that clearing the digit counts does not dominate. */
const sortBars = 4096;

/**
 * The bars of a stretch cut into blocks of one window, each block's offsets in ascending order of value.
 * A window is the end of one block and the beginning of the next, so a pair of lists holds every window's order.
 */
export interface BlockLists {
  readonly window: number;
  /** Bars filled at a time, a whole number of windows. */
  readonly chunk: number;
  /** [window + chunk] offsets inside their block: the last block of the chunk before, then those of this chunk. */
  readonly lists: Int32Array;
  readonly cursors: Int32Array;
  readonly sort: OrderScratch;
}

/** Empty lists for one window length, made once and filled chunk by chunk. */
export function blockLists(window: number): BlockLists {
  const chunk = Math.max(1, Math.floor(sortBars / window)) * window;
  return {
    window,
    chunk,
    lists: new Int32Array(window + chunk),
    cursors: new Int32Array(chunk / window),
    sort: orderScratch(chunk),
  };
}

/**
 * Fills the lists of the chunk of `count` bars at `from`; the last full block of the chunk before moves to the front.
 * Equal values (0 and -0 are equal) stay in order of time.
 *
 * @param blocks changed in place
 * @param values [bars] without NaN in from..from+count-1, read only
 * @param count  at most one chunk; less only for the last of a stretch
 * @source       performance specification 3.3: sort once, then count offline per block and its predecessor
 */
export function fillBlockLists(blocks: BlockLists, values: Float64Array, from: number, count: number): void {
  const { window, chunk, lists, cursors } = blocks;
  lists.copyWithin(0, chunk, chunk + window);
  const order = ascendingOrder(values, { from, count }, blocks.sort);
  if (chunk === window) {
    for (let i = 0; i < count; i++) lists[window + i] = order[i]!;
    return;
  }
  for (let block = 0; block < cursors.length; block++) cursors[block] = (block + 1) * window;
  for (let i = 0; i < count; i++) {
    const offset = order[i]!;
    const block = (offset / window) | 0;
    lists[cursors[block]!++] = offset - block * window;
  }
}
