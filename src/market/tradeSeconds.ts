/** One aggregate trade. */
export interface TradeUpdate {
  /** Ascending number of the trade. */
  id: number;
  /** Epoch ms. */
  time: number;
  price: number;
  /** Base units. */
  quantity: number;
  /** True when the buyer's order rested in the book: a taker sold. */
  isBuyerMaker: boolean;
}

/** What was traded in each second, [seconds]. */
export interface TradeSecondColumns {
  /** Start of the second, epoch ms; what the row says is known a second later. */
  readonly time: Float64Array;
  /** Price of the last trade; NaN without one. */
  readonly price: Float64Array;
  /** Base units traded, and those that takers bought. */
  readonly volume: Float64Array;
  readonly buyVolume: Float64Array;
  /** Aggregate trades, and those whose tick-rule sign is up and down; before the first price change a trade has no sign. */
  readonly trades: Float64Array;
  readonly ups: Float64Array;
  readonly downs: Float64Array;
  /** Mean over the second's trades of the entropy (bits) of the signs of the last 50 trades; NaN where there is none. */
  readonly signEntropy: Float64Array;
}

const secondMs = 1_000;
const entropyTrades = 50;

/**
 * Turns aggregate trades into one row per second. The tick rule gives a trade the sign of its price change, a trade
 * without a change that of the trade before; both it and the 50 trades of the entropy begin anew with every grid.
 *
 * @source Lee & Ready 1991, the tick test
 */
export class TradeSeconds {
  readonly #from: number;
  readonly #columns: TradeSecondColumns;
  readonly #entropySum: Float64Array;
  readonly #entropyCount: Float64Array;
  /** Signs of the last trades, a ring. */
  readonly #signs = new Int8Array(entropyTrades);
  #seen = 0;
  #up = 0;
  #down = 0;
  #sign = 0;
  #lastId = -1;
  #lastPrice = Number.NaN;
  #duplicates = 0;

  /** @param range half-open, epoch ms, whole seconds; trades outside it are a mistake of the caller */
  constructor({ from, to }: { readonly from: number; readonly to: number }) {
    const seconds = (to - from) / secondMs;
    const zeros = () => new Float64Array(seconds);
    const empty = () => zeros().fill(Number.NaN);
    this.#from = from;
    this.#entropySum = zeros();
    this.#entropyCount = zeros();
    const time = Float64Array.from({ length: seconds }, (_, i) => from + i * secondMs);
    const counts = { volume: zeros(), buyVolume: zeros(), trades: zeros(), ups: zeros(), downs: zeros() };
    this.#columns = { time, price: empty(), ...counts, signEntropy: empty() };
  }

  /** Takes a trade in, a repeat of the last one not again. False, and nothing done, for a number below the last. */
  add({ id, time, price, quantity, isBuyerMaker }: Readonly<TradeUpdate>): boolean {
    if (id <= this.#lastId) {
      if (id < this.#lastId) return false;
      this.#duplicates++;
      return true;
    }
    if (price !== this.#lastPrice && !Number.isNaN(this.#lastPrice)) this.#sign = price > this.#lastPrice ? 1 : -1;
    this.#lastId = id;
    this.#lastPrice = price;
    const row = Math.floor((time - this.#from) / secondMs);
    const columns = this.#columns;
    columns.price[row] = price;
    columns.volume[row]! += quantity;
    if (!isBuyerMaker) columns.buyVolume[row]! += quantity;
    columns.trades[row]!++;
    if (this.#sign > 0) columns.ups[row]!++;
    if (this.#sign < 0) columns.downs[row]!++;
    this.#addSign(row);
    return true;
  }

  /** Repeats of a trade that were left out. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** The rows. To be called once, after the last trade. */
  finish(): TradeSecondColumns {
    const { signEntropy } = this.#columns;
    for (let row = 0; row < signEntropy.length; row++) {
      const count = this.#entropyCount[row]!;
      if (count > 0) signEntropy[row] = this.#entropySum[row]! / count;
    }
    return this.#columns;
  }

  #addSign(row: number): void {
    const place = this.#seen % entropyTrades;
    const gone = this.#seen < entropyTrades ? 0 : this.#signs[place]!;
    if (gone > 0) this.#up--;
    if (gone < 0) this.#down--;
    this.#signs[place] = this.#sign;
    if (this.#sign > 0) this.#up++;
    if (this.#sign < 0) this.#down++;
    this.#seen++;
    if (this.#seen < entropyTrades) return;
    this.#entropySum[row]! += entropyBits(this.#up, this.#down);
    this.#entropyCount[row]!++;
  }
}

/** Entropy of up against down in bits; 0 when there is only one of them, or neither. */
function entropyBits(up: number, down: number): number {
  const total = up + down;
  if (up === 0 || down === 0) return 0;
  const p = up / total;
  return -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}
