import { SurvivalTally } from '../../stats/survival/survivalTally.ts';
import type { Cohort } from './cohort.ts';
import { type CohortPart, type Contrast, daysOf, eventsOf, type Subjects } from './contrast.ts';

export interface TimedPlan {
  readonly outcome: string;
  /** Compare the shares hit by the end of the window; otherwise the mean bars without a hit up to it. */
  readonly isRisk: boolean;
  /** First and last age that a time can have. */
  readonly ages: readonly [number, number];
  /** Age after the anchor up to which an event has to be followed for anything to be known. */
  readonly least: number;
  /** Last age of the study's longest window. */
  readonly horizon: number;
}

/** Times until a hit, of events against their controls. */
export class TimedContrast implements Contrast {
  count = 0;
  readonly #plan: TimedPlan;
  readonly #tally: SurvivalTally;
  #parts: readonly CohortPart[] = [];
  #owners = new Int32Array(0);
  #controlsOf = new Int32Array(0);
  #events = new SubjectList(0);
  #controls = new SubjectList(0);
  /** The part that events are added of. */
  #cohort: Cohort | null = null;
  #first = 0;
  #up: Float64Array = new Float64Array(0);
  #down: Float64Array = new Float64Array(0);
  #stride = 1;
  #offset = 0;
  /** [events of the part] last age at which each can be followed. */
  #until = new Int32Array(0);

  constructor(plan: TimedPlan) {
    this.#plan = plan;
    this.#tally = new SurvivalTally(plan.ages);
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

  get subjects(): { events: Subjects; controls: Subjects } {
    return { events: this.#events.whole(), controls: this.#controls.whole() };
  }

  begin(parts: readonly CohortPart[]): void {
    this.#parts = parts;
    const events = eventsOf(parts);
    if (events > this.#owners.length) {
      [this.#owners, this.#controlsOf, this.#until] = [new Int32Array(events), new Int32Array(events), new Int32Array(events)];
      this.#events = new SubjectList(events);
      this.#controls = new SubjectList(events * Math.max(...parts.map(({ cohort }) => cohort.k)));
    }
    this.count = this.#events.count = this.#controls.count = 0;
  }

  enter({ cohort, board, end }: CohortPart, first: number): void {
    [this.#cohort, this.#first] = [cohort, first];
    [this.#up, this.#down, this.#stride, this.#offset] = [board.up, board.down, board.stride, board.offsetOf(this.#plan.outcome)];
    cohort.followUntil(this.#until, this.#plan.horizon, end);
  }

  add(event: number): void {
    const { k, anchor, direction, control, found } = this.#cohort!;
    const [stride, offset] = [this.#stride, this.#offset];
    const sightings = direction[event]! < 0 ? this.#down : this.#up;
    const own = sightings[anchor[event]! * stride + offset]!;
    const last = this.#until[event]!;
    // Lost sight of before the window.
    if (own !== own || last < this.#plan.least) return;
    const from = event * k;
    const to = from + found[event]!;
    let used = 0;
    for (let c = from; c < to; c++) used += +(sightings[control[c]! * stride + offset]! >= 0);
    if (used === 0) return;
    for (let c = from; c < to; c++) {
      const sighting = sightings[control[c]! * stride + offset]!;
      if (sighting >= 0) this.#controls.add(sighting, this.count, 1 / used);
    }
    // Only what is seen before the symbol's next event belongs to this one.
    this.#events.add(own >> 1 <= last ? own : 2 * last, this.count, 1);
    this.#owners[this.count] = this.#first + event;
    this.#controlsOf[this.count++] = used;
  }

  effect(weights: Float64Array | null): number | null {
    const event = this.#measure(this.#events, weights);
    const control = event === null ? null : this.#measure(this.#controls, weights);
    return event === null || control === null ? null : event - control;
  }

  value(weights: Float64Array | null): { event: number; control: number; effect: number } | null {
    const event = this.#measure(this.#events, weights);
    const control = this.#measure(this.#controls, weights);
    return event === null || control === null ? null : { event, control, effect: event - control };
  }

  #measure(subjects: SubjectList, weights: Float64Array | null): number | null {
    const found = this.#tally.measure(subjects, weights);
    if (found === null) return null;
    return this.#plan.isRisk ? 1 - found.survival : found.area;
  }
}

/** Subjects as columns that are filled again. */
class SubjectList {
  count = 0;
  readonly age: Int32Array;
  readonly isHit: Uint8Array;
  readonly owner: Int32Array;
  readonly weight: Float64Array;

  constructor(capacity: number) {
    this.age = new Int32Array(capacity);
    this.isHit = new Uint8Array(capacity);
    this.owner = new Int32Array(capacity);
    this.weight = new Float64Array(capacity);
  }

  /** @param sighting twice the age, plus 1 for a hit */
  add(sighting: number, owner: number, weight: number): void {
    const at = this.count++;
    this.age[at] = sighting >> 1;
    this.isHit[at] = sighting & 1;
    this.owner[at] = owner;
    this.weight[at] = weight;
  }

  whole(): Subjects {
    const { count, age, isHit, owner, weight } = this;
    return { age: age.subarray(0, count), isHit: isHit.subarray(0, count), owner: owner.subarray(0, count), weight: weight.subarray(0, count) };
  }
}
