import { neumaierSum } from '../../stats/sums.ts';
import type { StatisticId } from './document.ts';
import type { MatchedSymbol } from './match.ts';
import type { OutcomeColumn } from './outcomes.ts';

/** Matched events of one symbol and the outcome that is compared. */
export interface CohortPart {
  readonly matched: MatchedSymbol;
  readonly outcome: OutcomeColumn;
  /** [events] last age at which each event can be followed before the symbol's next event begins. */
  readonly followUntil: Int32Array;
}

/** Subjects of a survival curve, all [subjects]. */
export interface Subjects {
  /** Age at which the subject was hit or lost sight of. */
  readonly age: Int32Array;
  readonly isHit: Uint8Array;
  /** Place in the weights of the event that it belongs to: the event itself or one of its controls. */
  readonly owner: Int32Array;
  /** 1 for an event, 1/k for each of its k controls. */
  readonly weight: Float64Array;
}

/**
 * Events against their controls on one outcome, as a function of one weight per event: resampling days, leaving a day
 * out and looking at one year are all weights.
 */
export interface Contrast {
  /** [events used] UTC day of the anchor, in the order of the weights. */
  readonly days: Int32Array;
  /** [events used] number of the event in the slice's list. */
  readonly owners: Int32Array;
  /** [events used] controls of each. */
  readonly controlsOf: Int32Array;
  readonly controls: number;
  /** Events that could not be used: unmatched, or their outcome or that of all their controls undefined. */
  readonly dropped: number;
  /** Event side, control side and their difference; null where nothing is left. */
  readonly value: (weights: Float64Array | null) => { event: number; control: number; effect: number } | null;
  /** Subjects of both cohorts, for timed outcomes. */
  readonly subjects: { readonly events: Subjects; readonly controls: Subjects } | null;
}

/**
 * @param parts   one per symbol; events are numbered through them in order
 * @param dayOf   UTC day of a symbol's row
 * @param options statistic and the window's first and last age
 * @source research specification 10.5; statistics specification 8 (effect per event)
 */
export function contrastOf(
  parts: readonly CohortPart[],
  dayOf: (symbol: string, row: number) => number,
  options: { readonly statistic: StatisticId; readonly window: readonly [number, number] },
): Contrast {
  return options.statistic === 'mean_difference' || options.statistic === 'median_difference'
    ? valueContrast(parts, dayOf, options.statistic)
    : timedContrast(parts, dayOf, { isRisk: options.statistic === 'risk_difference', window: options.window });
}

function valueContrast(parts: readonly CohortPart[], dayOf: (symbol: string, row: number) => number, statistic: StatisticId): Contrast {
  const [days, owners, own, others, controlsOf]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
  let [number, controls, dropped] = [0, 0, 0];
  for (const { matched, outcome } of parts) {
    for (let e = 0; e < matched.events.length; e++, number++) {
      const { anchor, direction } = matched.events[e]!;
      const value = outcome.valueAt(anchor, direction);
      const rows = matched.controls[e]!;
      let [sum, found] = [0, 0];
      for (let c = 0; c < rows.length; c++) {
        const other = outcome.valueAt(rows[c]!, direction);
        if (Number.isNaN(other)) continue;
        sum += other;
        found++;
      }
      if (Number.isNaN(value) || found === 0) {
        dropped++;
        continue;
      }
      days.push(dayOf(matched.symbol, anchor));
      owners.push(number);
      own.push(value);
      others.push(sum / found);
      controlsOf.push(found);
      controls += found;
    }
  }
  const effects = own.map((value, i) => value - others[i]!);
  const center = statistic === 'median_difference' ? weightedMedian : weightedMean;
  return {
    days: Int32Array.from(days),
    owners: Int32Array.from(owners),
    controlsOf: Int32Array.from(controlsOf),
    controls,
    dropped,
    subjects: null,
    value: (weights) => {
      const effect = center(effects, weights);
      if (effect === null) return null;
      return { event: center(own, weights)!, control: center(others, weights)!, effect };
    },
  };
}

function timedContrast(
  parts: readonly CohortPart[],
  dayOf: (symbol: string, row: number) => number,
  { isRisk, window }: { isRisk: boolean; window: readonly [number, number] },
): Contrast {
  const [days, owners, controlsOf]: [number[], number[], number[]] = [[], [], []];
  const [events, controls] = [new SubjectList(), new SubjectList()];
  let [number, dropped] = [0, 0];
  for (const { matched, outcome, followUntil } of parts) {
    matched.events.forEach(({ anchor, direction }, i) => {
      const owner = days.length;
      const isOwn = events.add(outcome, { anchor, direction, owner, last: followUntil[i]!, first: window[0] });
      const found = isOwn
        ? matched.controls[i]!.reduce(
            (count, row) => count + +controls.add(outcome, { anchor: row, direction, owner, last: window[1], first: window[0] }),
            0,
          )
        : 0;
      if (found > 0) {
        controls.share(found);
        days.push(dayOf(matched.symbol, anchor));
        owners.push(number);
        controlsOf.push(found);
      } else {
        if (isOwn) events.drop();
        dropped++;
      }
      number++;
    });
  }
  const subjects = { events: events.done(), controls: controls.done() };
  const [hits, leaving] = [new Float64Array(window[1] + 2), new Float64Array(window[1] + 2)];
  const measure = ({ age, isHit, owner, weight }: Subjects, weights: Float64Array | null): number | null => {
    hits.fill(0);
    leaving.fill(0);
    let atRisk = 0;
    for (let i = 0; i < age.length; i++) {
      const w = weights === null ? weight[i]! : weight[i]! * weights[owner[i]!]!;
      atRisk += w;
      leaving[age[i]!]! += w;
      if (isHit[i] === 1) hits[age[i]!]! += w;
    }
    return atRisk === 0 ? null : survive({ hits, leaving, atRisk, window, isRisk });
  };
  return {
    days: Int32Array.from(days),
    owners: Int32Array.from(owners),
    controlsOf: Int32Array.from(controlsOf),
    controls: subjects.controls.age.length,
    dropped,
    subjects,
    value: (weights) => {
      const event = measure(subjects.events, weights);
      const control = measure(subjects.controls, weights);
      return event === null || control === null ? null : { event, control, effect: event - control };
    },
  };
}

/** Subjects as they are found; the last ones can still be shared out or dropped. */
class SubjectList {
  readonly #age: number[] = [];
  readonly #hit: number[] = [];
  readonly #owner: number[] = [];
  readonly #weight: number[] = [];

  /** Follows the outcome after an anchor to `last` at most; false where it cannot be followed into the window. */
  add(
    outcome: OutcomeColumn,
    { anchor, direction, owner, last, first }: { anchor: number; direction: number; owner: number; last: number; first: number },
  ): boolean {
    const { time, status } = outcome.at(anchor, direction);
    if (status === 'undefined' || last < first) return false;
    const isHit = status === 'observed' && time <= last;
    this.#age.push(isHit ? time : Math.min(time, last));
    this.#hit.push(+isHit);
    this.#owner.push(owner);
    this.#weight.push(1);
    return true;
  }

  /** Gives the last `count` subjects equal shares of one. */
  share(count: number): void {
    this.#weight.fill(1 / count, this.#weight.length - count);
  }

  drop(): void {
    for (const list of [this.#age, this.#hit, this.#owner, this.#weight]) list.pop();
  }

  done(): Subjects {
    return {
      age: Int32Array.from(this.#age),
      isHit: Uint8Array.from(this.#hit),
      owner: Int32Array.from(this.#owner),
      weight: Float64Array.from(this.#weight),
    };
  }
}

/** Kaplan-Meier over ages: the share hit by the end of the window, or the mean bars without a hit up to it. */
function survive({
  hits,
  leaving,
  atRisk,
  window,
  isRisk,
}: {
  hits: Float64Array;
  leaving: Float64Array;
  atRisk: number;
  window: readonly [number, number];
  isRisk: boolean;
}): number {
  let survival = 1;
  let area = 0;
  let risk = atRisk;
  for (let age = window[0]; age <= window[1]; age++) {
    area += survival;
    // Weights are sums of fractions: what is left after everybody has gone is rounding, not a subject.
    if (risk > 1e-9) survival *= 1 - hits[age]! / risk;
    risk -= leaving[age]!;
  }
  return isRisk ? 1 - survival : area;
}

function weightedMean(values: readonly number[], weights: Float64Array | null): number | null {
  if (weights === null) return values.length === 0 ? null : neumaierSum(values) / values.length;
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return total === 0 ? null : sum / total;
}

/** The value at which half of the weight is reached; the middle of two where it is reached exactly between them. */
function weightedMedian(values: readonly number[], weights: Float64Array | null): number | null {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  const weightOf = (i: number): number => (weights === null ? 1 : weights[i]!);
  const total = order.reduce((sum, i) => sum + weightOf(i), 0);
  if (total === 0) return null;
  let below = 0;
  for (let place = 0; place < order.length; place++) {
    below += weightOf(order[place]!);
    if (below * 2 > total) return values[order[place]!]!;
    if (below * 2 === total) {
      const next = order.slice(place + 1).find((i) => weightOf(i) > 0);
      return next === undefined ? values[order[place]!]! : (values[order[place]!]! + values[next]!) / 2;
    }
  }
  return values[order.at(-1)!]!;
}
