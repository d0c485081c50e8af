import type { DecidedTrades } from '../positions.ts';

/** One trade as the rules decided it. */
export interface DecidedTrade {
  readonly entry: number;
  /** Row on which the exit was decided; the number of rows when the trade is open at the end. */
  readonly exit: number;
  readonly side: 1 | -1;
  /** Share of the unit position, 0 to 1. */
  readonly size: number;
  readonly reason: number;
  readonly stop: number;
  readonly target: number;
}

/** Decided trades in columns that grow. */
export class TradeList {
  #count = 0;
  #entry = new Int32Array(256);
  #exit = new Int32Array(256);
  #side = new Int8Array(256);
  #size = new Float64Array(256);
  #reason = new Int16Array(256);
  #stop = new Float64Array(256);
  #target = new Float64Array(256);

  add(trade: DecidedTrade): void {
    if (this.#count === this.#entry.length) this.#grow();
    const at = this.#count++;
    this.#entry[at] = trade.entry;
    this.#exit[at] = trade.exit;
    this.#side[at] = trade.side;
    this.#size[at] = trade.size;
    this.#reason[at] = trade.reason;
    this.#stop[at] = trade.stop;
    this.#target[at] = trade.target;
  }

  finish(reasons: readonly string[]): DecidedTrades {
    const count = this.#count;
    return {
      count,
      entry: this.#entry.subarray(0, count),
      exit: this.#exit.subarray(0, count),
      side: this.#side.subarray(0, count),
      size: this.#size.subarray(0, count),
      reason: this.#reason.subarray(0, count),
      reasons,
      stop: this.#stop.subarray(0, count),
      target: this.#target.subarray(0, count),
    };
  }

  #grow(): void {
    const size = 2 * this.#entry.length;
    const copy = <T extends Int32Array | Int8Array | Int16Array | Float64Array>(next: T, old: T): T => (next.set(old), next);
    this.#entry = copy(new Int32Array(size), this.#entry);
    this.#exit = copy(new Int32Array(size), this.#exit);
    this.#side = copy(new Int8Array(size), this.#side);
    this.#size = copy(new Float64Array(size), this.#size);
    this.#reason = copy(new Int16Array(size), this.#reason);
    this.#stop = copy(new Float64Array(size), this.#stop);
    this.#target = copy(new Float64Array(size), this.#target);
  }
}
