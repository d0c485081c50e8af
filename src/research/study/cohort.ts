import type { StudyEvent } from './detect.ts';

/**
 * Events of one symbol with the controls found for each, as columns that are filled again from draw to draw. Rows are rows of the
 * symbol's frame; only the first `count` places mean anything.
 */
export class Cohort {
  /** Controls per event at most, and bars between two of one event at least. */
  readonly k: number;
  readonly #apart: number;
  count = 0;
  readonly trigger: Int32Array;
  readonly anchor: Int32Array;
  readonly exit: Int32Array;
  /** 1 or -1. */
  readonly direction: Int8Array;
  /** Controls of event e, nearest first, at e * k .. e * k + found[e] - 1. */
  readonly control: Int32Array;
  readonly distance: Float64Array;
  readonly found: Int32Array;
  readonly #triggers: Int32Array;

  constructor(capacity: number, { k, apart }: { readonly k: number; readonly apart: number }) {
    const rows = () => new Int32Array(capacity);
    this.k = k;
    this.#apart = apart;
    [this.trigger, this.anchor, this.exit, this.found] = [rows(), rows(), rows(), rows()];
    this.direction = new Int8Array(capacity);
    this.control = new Int32Array(capacity * k);
    this.distance = new Float64Array(capacity * k);
    this.#triggers = rows();
  }

  /** One more event, without controls yet. */
  add({ trigger, anchor, exit, direction }: Pick<StudyEvent, 'trigger' | 'anchor' | 'exit' | 'direction'>): void {
    const at = this.count++;
    this.trigger[at] = trigger;
    this.anchor[at] = anchor;
    this.exit[at] = exit;
    this.direction[at] = direction;
    this.found[at] = 0;
  }

  /** One more event: one of another cohort, so many rows later. */
  addMoved(from: Cohort, event: number, by: number): void {
    const at = this.count++;
    this.trigger[at] = from.trigger[event]! + by;
    this.anchor[at] = from.anchor[event]! + by;
    this.exit[at] = from.exit[event]! + by;
    this.direction[at] = from.direction[event]!;
    this.found[at] = 0;
  }

  /**
   * Offers a row as a control: of two that lie too near each other the nearer in distance stays, and no more than k do.
   *
   * @returns the distance from which on nothing is kept any more
   */
  keep(event: number, row: number, distance: number): number {
    const { k, control, distance: distances } = this;
    const base = event * k;
    let end = base + this.found[event]!;
    for (let i = base; i < end; i++) if (distances[i]! <= distance && Math.abs(control[i]! - row) < this.#apart) return this.#worst(event);
    let place = end;
    while (place > base && distances[place - 1]! > distance) place--;
    if (place === base + k) return this.#worst(event);
    let kept = place;
    for (let i = place; i < end; i++) {
      if (Math.abs(control[i]! - row) < this.#apart) continue;
      control[kept] = control[i]!;
      distances[kept++] = distances[i]!;
    }
    end = Math.min(kept, base + k - 1);
    for (let i = end; i > place; i--) {
      control[i] = control[i - 1]!;
      distances[i] = distances[i - 1]!;
    }
    control[place] = row;
    distances[place] = distance;
    this.found[event] = end + 1 - base;
    return this.#worst(event);
  }

  #worst(event: number): number {
    return this.found[event] === this.k ? this.distance[(event + 1) * this.k - 1]! : Number.POSITIVE_INFINITY;
  }

  controlsOf(event: number): Int32Array {
    return this.control.slice(event * this.k, event * this.k + this.found[event]!);
  }

  distancesOf(event: number): Float64Array {
    return this.distance.slice(event * this.k, event * this.k + this.found[event]!);
  }

  /** Fills out with the last age at which each event can be followed: the horizon, or the bar before the symbol's next trigger or its last row. */
  followUntil(out: Int32Array, horizon: number, end: number): void {
    const { count, anchor } = this;
    const triggers = this.#sortedTriggers();
    let next = 0;
    for (let e = 0; e < count; e++) {
      const own = anchor[e]!;
      // Events come in order of time but for one place where moved ones wrap around.
      if (next > 0 && triggers[next - 1]! > own) next = 0;
      while (next < count && triggers[next]! <= own) next++;
      out[e] = Math.min(horizon, (next < count ? triggers[next]! : end) - own - 1);
    }
  }

  #sortedTriggers(): Int32Array {
    const { count, trigger } = this;
    const sorted = this.#triggers;
    // Nearly sorted already: at most two ascending runs.
    const turn = this.#turn();
    for (let e = 0; e < count; e++) sorted[e] = trigger[e + turn < count ? e + turn : e + turn - count]!;
    for (let e = 1; e < count; e++) {
      const value = sorted[e]!;
      let place = e;
      for (; place > 0 && sorted[place - 1]! > value; place--) sorted[place] = sorted[place - 1]!;
      sorted[place] = value;
    }
    return sorted;
  }

  /** First event that triggers before the one in front of it; 0 where none does. */
  #turn(): number {
    for (let e = 1; e < this.count; e++) if (this.trigger[e]! < this.trigger[e - 1]!) return e;
    return 0;
  }
}
