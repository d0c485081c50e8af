import type { CompiledOutcome } from './compile.ts';
import type { StudySeries } from './frame.ts';
import { type OutcomeWork, valueKernels } from './outcomeKernels.ts';
import { passagesOf } from './passages.ts';

/** What became of an outcome after an anchor. `undefined`: the data do not say (a gap, the end, no level). */
export type OutcomeStatus = 'observed' | 'censored' | 'undefined';

/** Value, time (age in bars; NaN for kinds without one) and status of one anchor. */
export interface Measured {
  readonly value: number;
  readonly time: number;
  readonly status: OutcomeStatus;
}

const nothing: Measured = { value: Number.NaN, time: Number.NaN, status: 'undefined' };
/** Kinds that look at prices from the side of the event. */
const directed: readonly string[] = ['forward_return', 'adverse_excursion', 'favorable_excursion'];

/**
 * One outcome of a study after every anchor of one symbol, as a column that is made when it is first asked for. Only bars after the
 * anchor are read, besides the level at the anchor and the anchor's close.
 *
 * @source research specification 10.2 (OutcomeSpec), 10.5 (censoring)
 */
export class OutcomeColumn {
  readonly outcome: CompiledOutcome;
  readonly isTimed: boolean;
  readonly #series: StudySeries;
  /** Whether the two directions have columns of their own. */
  readonly isSigned: boolean;
  readonly #columns = new Map<number, Float64Array>();

  constructor(series: StudySeries, outcome: CompiledOutcome) {
    const { of, level, kind } = outcome;
    this.#series = series;
    this.outcome = outcome;
    this.isTimed = kind === 'first_passage' || kind === 'decay_time';
    this.isSigned = series.study.detector.direction !== null && (directed.includes(kind) || of?.up !== of?.down || level?.up !== level?.down);
  }

  /** [rows] the value after each anchor, NaN where undefined; kinds without a time only. */
  values(direction: number): Float64Array {
    return this.#column(direction);
  }

  /** [rows] for timed kinds: twice the age at which the anchor was hit or lost sight of, plus 1 for a hit; NaN where undefined. */
  sightings(direction: number): Float64Array {
    return this.#column(direction);
  }

  /** The outcome after the close of an anchor. */
  at(anchor: number, direction: number): Measured {
    if (!this.isTimed) {
      const value = this.values(direction)[anchor]!;
      return Number.isNaN(value) ? nothing : { value, time: Number.NaN, status: 'observed' };
    }
    const sighting = this.sightings(direction)[anchor]!;
    if (Number.isNaN(sighting)) return nothing;
    const isHit = sighting % 2;
    return { value: isHit, time: sighting >> 1, status: isHit === 1 ? 'observed' : 'censored' };
  }

  #column(direction: number): Float64Array {
    const way = this.isSigned && direction < 0 ? -1 : 1;
    let column = this.#columns.get(way);
    if (column === undefined) this.#columns.set(way, (column = this.isTimed ? this.#follow(this.#work(way)) : this.#measure(this.#work(way))));
    return column;
  }

  #work(direction: number): OutcomeWork {
    const { outcome } = this;
    const series = this.#series;
    const price = (name: string) => series.column(name);
    return {
      outcome,
      direction,
      of: outcome.of === null ? price('close') : series.signed(outcome.of, direction),
      level: outcome.level === null ? null : series.signed(outcome.level, direction),
      prices: { open: price('open'), high: price('high'), low: price('low'), close: price('close') },
      anchors: anchorsOf(series),
    };
  }

  #measure(work: OutcomeWork): Float64Array {
    const { rows } = this.#series.frame;
    const { nextGap } = this.#series;
    const values = new Float64Array(rows).fill(Number.NaN);
    valueKernels[work.outcome.kind as keyof typeof valueKernels](work, values);
    const last = work.outcome.window[1];
    for (let anchor = 0; anchor < rows; anchor++) {
      if (!isKnown(work, anchor) || !(Math.abs(values[anchor]!) < Number.POSITIVE_INFINITY) || nextGap[Math.min(rows, anchor + 1)]! <= anchor + last)
        values[anchor] = Number.NaN;
    }
    return values;
  }

  #follow(work: OutcomeWork): Float64Array {
    const { rows } = this.#series.frame;
    const { nextGap } = this.#series;
    const [first, last] = work.outcome.window;
    const passages = passagesOf(work);
    const sightings = new Float64Array(rows).fill(Number.NaN);
    for (let anchor = 0; anchor < rows; anchor++) {
      if (!isKnown(work, anchor) || (work.anchors !== null && work.anchors[anchor] !== 1)) continue;
      // The first row after the anchor that cannot be read ends what is known.
      const to = Math.min(anchor + last, nextGap[anchor + 1]! - 1);
      if (to - anchor >= first) sightings[anchor] = passages.sighting(anchor, anchor + first, to);
    }
    return sightings;
  }
}

/** Where events and controls can be: nowhere else does a study look whose moved events land where controls may lie. */
function anchorsOf({ study, values }: StudySeries): Float64Array | null {
  const { document, detector, where } = study;
  const isAtTrigger = document.detector.anchor === 'trigger' && detector.confirm.length === 0;
  if (document.inference.moved_onto !== 'controls' || !isAtTrigger || where === null) return null;
  const [events, controls] = [values.of(detector.when), values.of(where)];
  return events.map((value, row) => Number(value === 1 || controls[row] === 1));
}

function isKnown({ level, prices }: OutcomeWork, anchor: number): boolean {
  return !Number.isNaN(prices.close[anchor]!) && (level === null || !Number.isNaN(level[anchor]!));
}
