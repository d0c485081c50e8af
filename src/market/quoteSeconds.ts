/** One change of the best quotes. */
export interface QuoteUpdate {
  /** Number of the update; of two at one millisecond the larger is the later. */
  id: number;
  /** Epoch ms. */
  time: number;
  bid: number;
  bidSize: number;
  ask: number;
  askSize: number;
}

/** Best quotes at the end of each second, [seconds]; NaN before the first quote. */
export interface QuoteSecondColumns {
  /** Start of the second, epoch ms; what the row says is known a second later. */
  readonly time: Float64Array;
  readonly bid: Float64Array;
  readonly bidSize: Float64Array;
  readonly ask: Float64Array;
  readonly askSize: Float64Array;
  /** When the quote came, epoch ms: how old it is at the second's end. */
  readonly quoteTime: Float64Array;
}

const secondMs = 1_000;

/**
 * Turns updates of the best quotes into one row per second: the last quote before the second's end, carried on until the
 * next. Memory is that of the rows, whatever the number of updates, and their order does not matter.
 */
export class QuoteSeconds {
  readonly #from: number;
  readonly #columns: QuoteSecondColumns;
  readonly #id: Float64Array;
  #unusable = 0;

  /** @param range half-open, epoch ms, whole seconds; updates outside it are a mistake of the caller */
  constructor({ from, to }: { readonly from: number; readonly to: number }) {
    const seconds = (to - from) / secondMs;
    const empty = () => new Float64Array(seconds).fill(Number.NaN);
    this.#from = from;
    this.#id = empty();
    const time = Float64Array.from({ length: seconds }, (_, i) => from + i * secondMs);
    this.#columns = { time, bid: empty(), bidSize: empty(), ask: empty(), askSize: empty(), quoteTime: empty() };
  }

  /** Takes an update in; one without a usable pair of prices (0, or a bid above the ask) or with a negative size is counted and left out. */
  add({ id, time, bid, bidSize, ask, askSize }: Readonly<QuoteUpdate>): void {
    if (!(bid > 0 && ask >= bid && bidSize >= 0 && askSize >= 0)) {
      this.#unusable++;
      return;
    }
    const row = Math.floor((time - this.#from) / secondMs);
    const columns = this.#columns;
    const known = columns.quoteTime[row]!;
    if (known > time || (known === time && this.#id[row]! > id)) return;
    columns.quoteTime[row] = time;
    this.#id[row] = id;
    columns.bid[row] = bid;
    columns.bidSize[row] = bidSize;
    columns.ask[row] = ask;
    columns.askSize[row] = askSize;
  }

  /** Updates without a usable pair of prices. */
  get unusable(): number {
    return this.#unusable;
  }

  /** The rows, quotes carried forward over seconds without one. To be called once, after the last update. */
  finish(): QuoteSecondColumns {
    const { quoteTime, bid, bidSize, ask, askSize } = this.#columns;
    for (const column of [bid, bidSize, ask, askSize]) carryForward(column, quoteTime);
    carryForward(quoteTime, quoteTime);
    return this.#columns;
  }
}

/** Fills rows without a quote with the value of the row before. */
function carryForward(column: Float64Array, quoteTime: Float64Array): void {
  for (let row = 1; row < column.length; row++) if (Number.isNaN(quoteTime[row]!)) column[row] = column[row - 1]!;
}
