/** Weighted subjects as columns of which the first `count` places are used. */
export interface WeightedSubjects {
  readonly count: number;
  /** Age at which the subject was hit or lost sight of. */
  readonly age: Int32Array;
  readonly isHit: Uint8Array;
  readonly weight: Float64Array;
  /** Place in the weights of a draw of what the subject belongs to. */
  readonly owner: Int32Array;
}

/** What is left after that of weights which are sums of fractions is rounding, not a subject. */
export const noWeight = 1e-9;

/**
 * Kaplan-Meier over a window of ages for many draws of weights on the same subjects, without making anything new: what resampling asks for.
 * With unit weights the same as `survivalCurve`.
 *
 * @source Kaplan & Meier 1958; Irwin 1949 (area)
 */
export class SurvivalTally {
  readonly #window: readonly [number, number];
  readonly #hits: Float64Array;
  readonly #leaving: Float64Array;
  readonly #found = { survival: 1, area: 0 };

  /** @param window first and last age; no subject is older */
  constructor(window: readonly [number, number]) {
    this.#window = window;
    this.#hits = new Float64Array(window[1] + 2);
    this.#leaving = new Float64Array(window[1] + 2);
  }

  /**
   * The share not hit by the end of the window and the mean number of ages in it without a hit.
   *
   * @param weights [owners] factors on the subjects' own weights, or null for none
   * @returns       null where nobody has weight; overwritten by the next call
   */
  measure(subjects: WeightedSubjects, weights: Float64Array | null): { readonly survival: number; readonly area: number } | null {
    let risk = this.#take(subjects, weights);
    if (risk === 0) return null;
    const [first, last] = this.#window;
    let survival = 1;
    let area = 0;
    for (let age = first; age <= last; age++) {
      area += survival;
      if (risk > noWeight) survival *= 1 - this.#hits[age]! / risk;
      risk -= this.#leaving[age]!;
    }
    this.#found.survival = survival;
    this.#found.area = area;
    return this.#found;
  }

  /** Sums weights of those hit and of those leaving at each age; returns the weight of all. */
  #take({ count, age, isHit, owner, weight }: WeightedSubjects, weights: Float64Array | null): number {
    const hits = this.#hits;
    const leaving = this.#leaving;
    hits.fill(0);
    leaving.fill(0);
    let all = 0;
    for (let i = 0; i < count; i++) {
      const w = weights === null ? weight[i]! : weight[i]! * weights[owner[i]!]!;
      if (w === 0) continue;
      const at = age[i]!;
      all += w;
      leaving[at]! += w;
      if (isHit[i] === 1) hits[at]! += w;
    }
    return all;
  }
}
