import type { OutcomeWork } from './outcomeKernels.ts';

/** Bars whose largest value is kept, so that a search can pass over all of them at once. */
const blockBars = 16;

/**
 * Times of outcomes in bars: first passages of a level, from the anchor, and decays, from a peak.
 *
 * @source research specification 10.2 (OutcomeSpec), 10.5 (re-arming)
 */
export interface Passages {
  /**
   * What was seen between two rows, ends included, for an anchor: twice the age at which it was hit or lost sight of, plus 1 for a hit; NaN
   * where nothing can be told.
   */
  sighting(anchor: number, from: number, to: number): number;
}

export function passagesOf(work: OutcomeWork): Passages {
  return work.outcome.kind === 'decay_time' ? new Decay(work) : new FirstPassage(work);
}

/** Age at which the series first reaches the level; with rearm, only after it was on the other side of it once. */
class FirstPassage implements Passages {
  readonly #of: Float64Array;
  readonly #level: Float64Array;
  readonly #rearm: boolean;
  /** [blocks] largest value of each block; -Infinity where none is present. */
  readonly #highest: Float64Array;

  constructor({ of, level, outcome }: OutcomeWork) {
    const isUp = outcome.side === 'at_least';
    // At most a level is at least its negative: one search serves both sides.
    this.#of = isUp ? of : of.map((value) => -value);
    this.#level = isUp ? level! : level!.map((value) => -value);
    this.#rearm = outcome.rearm;
    this.#highest = new Float64Array(Math.ceil(of.length / blockBars)).fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < of.length; row++) {
      const value = this.#of[row]!;
      if (value > this.#highest[row >> 4]!) this.#highest[row >> 4] = value;
    }
  }

  sighting(anchor: number, from: number, to: number): number {
    const level = this.#level[anchor]!;
    let row = from;
    if (this.#rearm) while (row <= to && !(this.#of[row]! < level)) row++;
    while (row <= to) {
      if (row % blockBars === 0 && this.#highest[row >> 4]! < level) {
        row += blockBars;
        continue;
      }
      if (this.#of[row]! >= level) return 2 * (row - anchor) + 1;
      row++;
    }
    return 2 * (to - anchor);
  }
}

/**
 * Bars from the peak of the series in the window until it has fallen half way to the base; 1 where the peak does not rise above the base, for
 * then nothing is left to decay. The peak is that of the whole window: nothing can be told of one that is cut short, nor of a peak at its end.
 */
class Decay implements Passages {
  readonly #of: Float64Array;
  readonly #base: Float64Array;
  readonly #last: number;

  constructor({ of, level, outcome }: OutcomeWork) {
    this.#of = of;
    this.#base = level!;
    this.#last = outcome.window[1];
  }

  sighting(anchor: number, from: number, to: number): number {
    if (to - anchor < this.#last) return Number.NaN;
    const of = this.#of;
    const base = this.#base[anchor]!;
    let peak = -1;
    for (let row = from; row <= to; row++) if (!Number.isNaN(of[row]!) && (peak < 0 || of[row]! > of[peak]!)) peak = row;
    if (peak < 0) return Number.NaN;
    if (of[peak]! <= base) return 3;
    const half = base + (of[peak]! - base) / 2;
    for (let row = peak + 1; row <= to; row++) if (of[row]! <= half) return 2 * (row - peak) + 1;
    return peak < to ? 2 * (to - peak) : Number.NaN;
  }
}
