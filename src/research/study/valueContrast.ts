import { neumaierSum } from '../../stats/sums.ts';
import type { Cohort } from './cohort.ts';
import { type CohortPart, type Contrast, daysOf, eventsOf } from './contrast.ts';

/** Values after events against values after their controls, by their means or medians. */
export class ValueContrast implements Contrast {
  count = 0;
  readonly subjects = null;
  readonly #outcome: string;
  readonly #center: typeof weightedMean;
  /** The part that events are added of. */
  #cohort: Cohort | null = null;
  #first = 0;
  #up: Float64Array = new Float64Array(0);
  #down: Float64Array = new Float64Array(0);
  #stride = 1;
  #offset = 0;
  #parts: readonly CohortPart[] = [];
  #owners = new Int32Array(0);
  #controlsOf = new Int32Array(0);
  #own = new Float64Array(0);
  #others = new Float64Array(0);
  #effects = new Float64Array(0);
  /** Places of the effects in ascending order, once a median has asked for it. */
  #order: Int32Array | null = null;

  constructor(outcome: string, center: 'mean' | 'median') {
    this.#outcome = outcome;
    this.#center = center === 'mean' ? weightedMean : weightedMedian;
  }

  get days(): Int32Array {
    return daysOf(this.#parts, this.owners);
  }

  get owners(): Int32Array {
    return this.#owners.subarray(0, this.count);
  }

  get controlsOf(): Int32Array {
    return this.#controlsOf.subarray(0, this.count);
  }

  begin(parts: readonly CohortPart[]): void {
    this.#parts = parts;
    this.#order = null;
    const events = eventsOf(parts);
    if (events > this.#owners.length) {
      [this.#owners, this.#controlsOf] = [new Int32Array(events), new Int32Array(events)];
      [this.#own, this.#others, this.#effects] = [new Float64Array(events), new Float64Array(events), new Float64Array(events)];
    }
    this.count = 0;
  }

  enter({ cohort, board }: CohortPart, first: number): void {
    [this.#cohort, this.#first] = [cohort, first];
    [this.#up, this.#down, this.#stride, this.#offset] = [board.up, board.down, board.stride, board.offsetOf(this.#outcome)];
  }

  add(event: number): void {
    const { k, anchor, direction, control, found } = this.#cohort!;
    const [stride, offset] = [this.#stride, this.#offset];
    const values = direction[event]! < 0 ? this.#down : this.#up;
    const value = values[anchor[event]! * stride + offset]!;
    if (value !== value) return;
    const from = event * k;
    const to = from + found[event]!;
    let sum = 0;
    let used = 0;
    for (let c = from; c < to; c++) {
      const other = values[control[c]! * stride + offset]!;
      if (other !== other) continue;
      sum += other;
      used++;
    }
    if (used === 0) return;
    const at = this.count++;
    this.#owners[at] = this.#first + event;
    this.#own[at] = value;
    this.#others[at] = sum / used;
    this.#effects[at] = value - sum / used;
    this.#controlsOf[at] = used;
  }

  effect(weights: Float64Array | null): number | null {
    if (this.#center === weightedMedian) this.#order ??= ascending(this.#effects, this.count);
    return this.#center(this.#effects, weights, { count: this.count, order: this.#order });
  }

  value(weights: Float64Array | null): { event: number; control: number; effect: number } | null {
    const effect = this.effect(weights);
    if (effect === null) return null;
    const side = (values: Float64Array): number =>
      this.#center(values, weights, { count: this.count, order: this.#order === null ? null : ascending(values, this.count) })!;
    return { event: side(this.#own), control: side(this.#others), effect };
  }
}

interface Sample {
  readonly count: number;
  /** Places in ascending order of value; null where the statistic needs none. */
  readonly order: Int32Array | null;
}

function ascending(values: Float64Array, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
}

function weightedMean(values: Float64Array, weights: Float64Array | null, { count }: Sample): number | null {
  if (weights === null) return count === 0 ? null : neumaierSum(values.subarray(0, count)) / count;
  let [sum, total] = [0, 0];
  for (let i = 0; i < count; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return total === 0 ? null : sum / total;
}

/** The value at which half of the weight is reached; the middle of two where it is reached exactly between them. */
function weightedMedian(values: Float64Array, weights: Float64Array | null, { count, order }: Sample): number | null {
  let total = weights === null ? count : 0;
  if (weights !== null) for (let place = 0; place < count; place++) total += weights[order![place]!]!;
  if (total === 0) return null;
  let below = 0;
  for (let place = 0; place < count; place++) {
    below += weights === null ? 1 : weights[order![place]!]!;
    const value = values[order![place]!]!;
    if (below * 2 > total) return value;
    if (below * 2 < total) continue;
    let next = place + 1;
    while (next < count && weights !== null && weights[order![next]!] === 0) next++;
    return next === count ? value : (value + values[order![next]!]!) / 2;
  }
  return values[order![count - 1]!]!;
}
