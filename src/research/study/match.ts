import { dayMs } from '../../core/time.ts';
import { Cohort } from './cohort.ts';
import { ControlPool } from './controlPool.ts';
import type { StudyEvent } from './detect.ts';
import type { RowRange, StudySeries } from './frame.ts';

/** Events of one symbol with the controls found for each; rows of the symbol's frame. */
export interface MatchedSymbol {
  readonly symbol: string;
  readonly events: readonly StudyEvent[];
  /** Controls per event, in order of distance; empty where none lay inside the caliper. */
  readonly controls: readonly Int32Array[];
  /** Distance of each control, in calipers summed over the matching variables. */
  readonly distances: readonly Float64Array[];
  /** The same as columns. */
  readonly cohort: Cohort;
}

/** Uses of a row are counted from a base that rises by this from round to round, so that nothing has to be cleared; the last one means blocked. */
const roundSize = 128;
/** Products may differ from quotients by less than this. */
const rounding = 1 + 1e-9;

/**
 * Finds controls for events of one symbol in one slice: bars with the same exact labels, every matching variable within
 * its caliper, a whole gap-free outcome window inside the slice, outside the span of every event, nearest first.
 *
 * A control serves at most `max_reuse` events, and two controls of one event lie at least `min_separation` bars apart.
 * Ties in distance go to the smaller value of the first variable, then to the earlier bar: no draw is involved, so
 * adding a symbol changes nothing here.
 *
 * @source research specification 10.2 (MatchingSpec), 10.5 (matching quality); statistics specification 8
 */
export class Matcher {
  readonly #series: StudySeries;
  readonly #pool: ControlPool;
  readonly #variables: readonly Float64Array[];
  readonly #calipers: readonly number[];
  /** [rows] base of the round in which the row was last used or blocked, plus how often it was. */
  readonly #uses: Int32Array;
  readonly #reuse: number;
  /** Time between an event and its controls at most, ms. */
  readonly #reach: number;
  /** Second variable by place; the first again where there is none. */
  readonly #second: Float64Array;
  /** Of the search that is on: the anchor's first two values, one over their calipers, and how far a row may lie in both and in the first. */
  readonly #bounds = new Float64Array(6);
  #base = 0;

  constructor(series: StudySeries, range: RowRange) {
    const { study, frame } = series;
    const { max_reuse: reuse, max_days_apart: days } = study.document.matching;
    this.#series = series;
    this.#pool = new ControlPool(series, range);
    this.#variables = study.nearest.map(({ of }) => series.of(of));
    this.#calipers = study.nearest.map(({ caliper }) => caliper);
    this.#second = this.#pool.values[1] ?? this.#pool.values[0]!;
    this.#uses = new Int32Array(frame.rows);
    this.#reuse = reuse;
    this.#reach = days === undefined ? Number.POSITIVE_INFINITY : days * dayMs;
  }

  /** Whether an anchor can be measured and matched at all in this slice: whole window, labels and variables present. */
  isEligible(row: number): boolean {
    return this.#pool.cellOf(row) >= 0;
  }

  /** An empty cohort with room for so many events of this study. */
  cohort(capacity: number): Cohort {
    const { k, min_separation: apart } = this.#series.study.document.matching;
    return new Cohort(capacity, { k, apart });
  }

  /** Controls for events in their order. */
  match(events: readonly StudyEvent[]): MatchedSymbol {
    const cohort = this.cohort(events.length);
    for (const event of events) cohort.add(event);
    this.find(cohort);
    return {
      symbol: this.#series.frame.symbol,
      events,
      controls: events.map((_, e) => cohort.controlsOf(e)),
      distances: events.map((_, e) => cohort.distancesOf(e)),
      cohort,
    };
  }

  /** The same for the events of a cohort, in place. */
  find(cohort: Cohort): void {
    const { before, after } = this.#series.study.document.matching.exclude;
    const last = this.#series.frame.rows;
    this.#base += roundSize;
    const blocked = this.#base + roundSize - 1;
    for (let e = 0; e < cohort.count; e++)
      this.#uses.fill(blocked, Math.max(0, cohort.trigger[e]! - before), Math.min(last, cohort.exit[e]! + after + 1));
    for (let e = 0; e < cohort.count; e++) {
      this.#nearest(cohort, e);
      for (let c = e * cohort.k; c < e * cohort.k + cohort.found[e]!; c++) {
        const row = cohort.control[c]!;
        this.#uses[row] = Math.max(this.#base, this.#uses[row]!) + 1;
      }
    }
  }

  /**
   * Fills the controls of one event, walking away from its own value of the first variable in both directions at once: of the next row on
   * either side the nearer comes first. Rows that could not be kept are passed over before that choice.
   */
  #nearest(cohort: Cohort, event: number): void {
    const anchor = cohort.anchor[event]!;
    const cell = this.#pool.cellOf(anchor);
    if (cell < 0) return;
    const { offsets, rows } = this.#pool;
    const first = this.#pool.values[0]!;
    const uses = this.#uses;
    const reach = this.#reach;
    const { openTime } = this.#series.frame;
    const free = this.#base + this.#reuse;
    const own = this.#variables[0]![anchor]!;
    const [begin, end] = [offsets[cell]!, offsets[cell + 1]!];
    const place = this.#pool.placeOf(anchor, cell);
    let worst = Number.POSITIVE_INFINITY;
    this.#begin(anchor);
    let below = this.#nextBelow(place - 1, begin);
    let above = this.#nextAbove(place, end);
    while (below >= begin || above < end) {
      const down = below >= begin ? own - first[below]! : Number.POSITIVE_INFINITY;
      const up = above < end ? first[above]! - own : Number.POSITIVE_INFINITY;
      const isDown = down <= up;
      const at = isDown ? below : above;
      const row = rows[at]!;
      const before = worst;
      if (uses[row]! < free && (reach === Number.POSITIVE_INFINITY || Math.abs(openTime[row]! - openTime[anchor]!) <= reach)) {
        const distance = this.#distance(at, anchor);
        if (distance < worst) {
          worst = cohort.keep(event, row, distance);
          if (worst !== before) this.#limit(worst);
        }
      }
      if (worst > before) {
        // Room again: what the other side has passed over since this row counts after all.
        if (isDown) {
          while (above > place && first[above - 1]! - own >= down) above--;
          above = this.#nextAbove(above, end);
        } else {
          while (below < place - 1 && own - first[below + 1]! > up) below++;
          below = this.#nextBelow(below, begin);
        }
      }
      if (isDown) below = this.#nextBelow(below - 1, begin);
      else above = this.#nextAbove(above + 1, end);
    }
  }

  /** Sum of differences in calipers; NaN where one of them is larger than its own. */
  #distance(place: number, anchor: number): number {
    let sum = Math.abs(this.#pool.values[0]![place]! - this.#bounds[0]!) / this.#calipers[0]!;
    if (!(sum <= 1)) return Number.NaN;
    for (let v = 1; v < this.#calipers.length; v++) {
      const part = Math.abs(this.#pool.values[v]![place]! - this.#variables[v]![anchor]!) / this.#calipers[v]!;
      if (!(part <= 1)) return Number.NaN;
      sum += part;
    }
    return sum;
  }

  /** Prepares a search around an anchor. */
  #begin(anchor: number): void {
    for (let v = 0; v < 2; v++) {
      const isThere = v < this.#variables.length;
      this.#bounds[v] = isThere ? this.#variables[v]![anchor]! : 0;
      this.#bounds[2 + v] = isThere ? 1 / this.#calipers[v]! : 0;
    }
    this.#limit(Number.POSITIVE_INFINITY);
  }

  /** What a row has to stay below to be looked at closely, a little generous for the products that stand for quotients. */
  #limit(worst: number): void {
    this.#bounds[4] = worst * rounding;
    this.#bounds[5] = Math.min(1, worst) * rounding;
  }

  /** The first place from here downwards that could be kept; below the cell where none is. */
  #nextBelow(from: number, begin: number): number {
    const [first, second] = [this.#pool.values[0]!, this.#second];
    const bounds = this.#bounds;
    const [own, other, scale, otherScale, limit, end] = [bounds[0]!, bounds[1]!, bounds[2]!, bounds[3]!, bounds[4]!, bounds[5]!];
    for (let place = from; place >= begin; place--) {
      const part = (own - first[place]!) * scale;
      if (part > end) return begin - 1;
      if (part + Math.abs(second[place]! - other) * otherScale < limit) return place;
    }
    return begin - 1;
  }

  /** The same upwards; the end of the cell where none is. */
  #nextAbove(from: number, end: number): number {
    const [first, second] = [this.#pool.values[0]!, this.#second];
    const bounds = this.#bounds;
    const [own, other, scale, otherScale, limit, most] = [bounds[0]!, bounds[1]!, bounds[2]!, bounds[3]!, bounds[4]!, bounds[5]!];
    for (let place = from; place < end; place++) {
      const part = (first[place]! - own) * scale;
      if (part > most) return end;
      if (part + Math.abs(second[place]! - other) * otherScale < limit) return place;
    }
    return end;
  }
}
