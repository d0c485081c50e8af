import { rollingMax } from '../../stats/rolling/rollingMax.ts';
import { rollingMin } from '../../stats/rolling/rollingMin.ts';
import type { CompiledOutcome, OutcomeKind } from './compile.ts';

/** What an outcome of one symbol is made of, for one direction. All columns [rows]. */
export interface OutcomeWork {
  readonly outcome: CompiledOutcome;
  /** 1 or -1. */
  readonly direction: number;
  /** The series that is followed; prices of the close for kinds without one. */
  readonly of: Float64Array;
  readonly level: Float64Array | null;
  readonly prices: Readonly<Record<'open' | 'high' | 'low' | 'close', Float64Array>>;
  /** [rows] 1 where an anchor may lie; null for anywhere. Nothing else is worth the time. */
  readonly anchors: Float64Array | null;
}

/** Fills out[anchor] for every anchor whose window lies in the frame; what a gap makes undefined is struck out afterwards. */
type Kernel = (work: OutcomeWork, out: Float64Array) => void;

/**
 * Value outcomes of every anchor at once. The bars of a window are added in their order, so that a value does not depend on which
 * anchors were asked for.
 *
 * @source research specification 10.2 (OutcomeSpec); performance specification 3.3 for what slides
 */
export const valueKernels: Readonly<Record<Exclude<OutcomeKind, 'first_passage' | 'decay_time'>, Kernel>> = {
  share({ of, level, outcome, anchors }, out) {
    const [first, last] = outcome.window;
    const isUp = outcome.side === 'at_least';
    const common = constantOf(level!);
    if (common !== null) {
      const [present, reached] = [countsUpTo(of, () => true), countsUpTo(of, (value) => (isUp ? value >= common : value <= common))];
      eachAnchor({ out, last, anchors }, (anchor) => {
        const [from, to] = [anchor + first, anchor + last + 1];
        return (reached[to]! - reached[from]!) / (present[to]! - present[from]!);
      });
      return;
    }
    eachAnchor({ out, last, anchors }, (anchor) => {
      const own = level![anchor]!;
      let [count, hits] = [0, 0];
      for (let row = anchor + first; row <= anchor + last; row++) {
        const value = of[row]!;
        count += +!Number.isNaN(value);
        hits += +(isUp ? value >= own : value <= own);
      }
      return hits / count;
    });
  },
  mean({ of, outcome, anchors }, out) {
    const [first, last] = outcome.window;
    eachAnchor({ out, last, anchors }, (anchor) => {
      let [count, sum] = [0, 0];
      for (let row = anchor + first; row <= anchor + last; row++) {
        const value = of[row]!;
        if (Number.isNaN(value)) continue;
        count++;
        sum += value;
      }
      return sum / count;
    });
  },
  quantile({ of, outcome }, out) {
    const [first, last] = outcome.window;
    const window = new SortedWindow(last - first + 1);
    for (let row = first; row < Math.min(last, of.length); row++) window.add(of[row]!);
    // The window slides: every row has to be passed.
    eachAnchor({ out, last, anchors: null }, (anchor) => {
      window.add(of[anchor + last]!);
      const value = window.quantile(outcome.q);
      window.remove(of[anchor + first]!);
      return value;
    });
  },
  slope({ of, outcome, anchors }, out) {
    const [first, last] = outcome.window;
    const middle = (first + last) / 2;
    eachAnchor({ out, last, anchors }, (anchor) => {
      let [count, ages, values, squares, products] = [0, 0, 0, 0, 0];
      for (let age = first; age <= last; age++) {
        const value = of[anchor + age]!;
        if (Number.isNaN(value)) continue;
        // Ages about the middle keep the sums small.
        const off = age - middle;
        count++;
        ages += off;
        values += value;
        squares += off * off;
        products += off * value;
      }
      const spread = squares - (ages * ages) / count;
      return spread > 0 ? (products - (ages * values) / count) / spread : Number.NaN;
    });
  },
  excess_area({ of, level, outcome, anchors }, out) {
    const [first, last] = outcome.window;
    eachAnchor({ out, last, anchors }, (anchor) => {
      const own = level![anchor]!;
      let sum = 0;
      for (let row = anchor + first; row <= anchor + last; row++) sum += Math.max(0, of[row]! - own);
      return sum;
    });
  },
  range({ prices, outcome, anchors }, out) {
    const [first, last] = outcome.window;
    const [top, bottom] = [new Float64Array(out.length), new Float64Array(out.length)];
    rollingMax(prices.high, last - first + 1, top);
    rollingMin(prices.low, last - first + 1, bottom);
    eachAnchor({ out, last, anchors }, (anchor) => (top[anchor + last]! - bottom[anchor + last]!) / prices.close[anchor]!);
  },
  forward_return({ prices, outcome, direction, anchors }, out) {
    const [, last] = outcome.window;
    const [entries, later] = outcome.from === 'close' ? [prices.close, 0] : [prices.open, 1];
    eachAnchor({ out, last, anchors }, (anchor) => direction * (prices.close[anchor + last]! / entries[anchor + later]! - 1));
  },
  adverse_excursion(work, out) {
    excursion(work, -1, out);
  },
  favorable_excursion(work, out) {
    excursion(work, 1, out);
  },
};

/** Largest move from the next open in (side 1) or against (-1) the event's direction, 0 or more. */
function excursion({ prices, outcome, direction, anchors }: OutcomeWork, side: 1 | -1, out: Float64Array): void {
  const [first, last] = outcome.window;
  const isUp = direction * side > 0;
  const extremes = new Float64Array(out.length);
  if (isUp) rollingMax(prices.high, last - first + 1, extremes);
  else rollingMin(prices.low, last - first + 1, extremes);
  eachAnchor({ out, last, anchors }, (anchor) => {
    const entry = prices.open[anchor + 1]!;
    const extreme = extremes[anchor + last]!;
    return Math.abs((isUp ? Math.max(entry, extreme) : Math.min(entry, extreme)) / entry - 1);
  });
}

function eachAnchor(
  { out, last, anchors }: { readonly out: Float64Array; readonly last: number; readonly anchors: Float64Array | null },
  of: (anchor: number) => number,
): void {
  for (let anchor = 0; anchor + last < out.length; anchor++) if (anchors === null || anchors[anchor] === 1) out[anchor] = of(anchor);
}

/** The one value that a column has wherever it has any; null for a column that varies or is empty. */
function constantOf(values: Float64Array): number | null {
  let common: number | null = null;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value) || value === common) continue;
    if (common !== null) return null;
    common = value;
  }
  return common;
}

/** [rows + 1] how many of the first values are present and pass. */
function countsUpTo(values: Float64Array, passes: (value: number) => boolean): Int32Array {
  const counts = new Int32Array(values.length + 1);
  for (let row = 0; row < values.length; row++) counts[row + 1] = counts[row]! + +(!Number.isNaN(values[row]!) && passes(values[row]!));
  return counts;
}

/** The present values of a sliding window in ascending order. */
class SortedWindow {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(value: number): void {
    if (Number.isNaN(value)) return;
    const place = this.#placeOf(value);
    this.#values.copyWithin(place + 1, place, this.#count++);
    this.#values[place] = value;
  }

  remove(value: number): void {
    if (Number.isNaN(value)) return;
    const place = this.#placeOf(value);
    this.#values.copyWithin(place, place + 1, this.#count--);
  }

  /** By linear interpolation; NaN for an empty window. */
  quantile(q: number): number {
    if (this.#count === 0) return Number.NaN;
    const place = (this.#count - 1) * q;
    const below = Math.floor(place);
    const value = this.#values[below]!;
    return value + (place - below) * ((below + 1 < this.#count ? this.#values[below + 1]! : value) - value);
  }

  #placeOf(value: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
