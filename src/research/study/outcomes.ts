import type { CompiledOutcome } from './compile.ts';
import type { StudySeries } from './frame.ts';

/** What became of an outcome after an anchor. `undefined`: the data do not say (a gap, the end, no level). */
export type OutcomeStatus = 'observed' | 'censored' | 'undefined';
const unknown = 0;
const observed = 1;
const censored = 2;
const undefinedStatus = 3;
const statusNames: readonly OutcomeStatus[] = ['undefined', 'observed', 'censored', 'undefined'];

/** Value, time (age in bars; NaN for kinds without one) and status per anchor. */
export interface Measured {
  readonly value: number;
  readonly time: number;
  readonly status: OutcomeStatus;
}

interface Work {
  readonly of: Float64Array;
  readonly level: number;
  readonly anchor: number;
  /** First and last row of the window. */
  readonly from: number;
  readonly to: number;
  readonly direction: number;
  readonly outcome: CompiledOutcome;
  readonly prices: { readonly open: Float64Array; readonly high: Float64Array; readonly low: Float64Array; readonly close: Float64Array };
}

/**
 * One outcome of a study after any anchor of one symbol, each anchor measured once. Only bars after the anchor are read,
 * besides the level at the anchor and the anchor's close.
 *
 * @source research specification 10.2 (OutcomeSpec), 10.5 (censoring)
 */
export class OutcomeColumn {
  readonly outcome: CompiledOutcome;
  readonly isTimed: boolean;
  readonly #series: StudySeries;
  readonly #memo: Readonly<Record<'up' | 'down', { value: Float64Array; time: Float64Array; status: Uint8Array } | null>>;
  readonly #prices: Work['prices'];
  /** The followed series and the level, per direction. */
  readonly #of: Readonly<Record<'up' | 'down', Float64Array>>;
  readonly #level: Readonly<Record<'up' | 'down', Float64Array>> | null;

  constructor(series: StudySeries, outcome: CompiledOutcome) {
    const { rows } = series.frame;
    const memo = () => ({ value: new Float64Array(rows), time: new Float64Array(rows), status: new Uint8Array(rows) });
    this.#series = series;
    this.outcome = outcome;
    this.isTimed = outcome.kind === 'first_passage' || outcome.kind === 'decay_time';
    this.#memo = { up: memo(), down: series.study.detector.direction === null ? null : memo() };
    const { open, high, low, close } = series.frame.columns;
    this.#prices = { open: open!, high: high!, low: low!, close: close! };
    this.#of = outcome.of === null ? { up: close!, down: close! } : { up: series.of(outcome.of.up), down: series.of(outcome.of.down) };
    this.#level = outcome.level === null ? null : { up: series.of(outcome.level.up), down: series.of(outcome.level.down) };
  }

  /** The outcome after the close of an anchor. */
  at(anchor: number, direction: number): Measured {
    const memo = this.#fill(anchor, direction);
    return { value: memo.value[anchor]!, time: memo.time[anchor]!, status: statusNames[memo.status[anchor]!]! };
  }

  /** The value alone, NaN where undefined: what mean effects are made of. */
  valueAt(anchor: number, direction: number): number {
    const memo = this.#fill(anchor, direction);
    return memo.status[anchor] === undefinedStatus ? Number.NaN : memo.value[anchor]!;
  }

  #fill(anchor: number, direction: number): { value: Float64Array; time: Float64Array; status: Uint8Array } {
    const memo = (direction < 0 ? this.#memo.down : null) ?? this.#memo.up!;
    if (memo.status[anchor] === unknown) this.#measure(anchor, direction, memo);
    return memo;
  }

  #measure(anchor: number, direction: number, memo: { value: Float64Array; time: Float64Array; status: Uint8Array }): void {
    const { outcome } = this;
    const { rows } = this.#series.frame;
    const way = direction < 0 ? 'down' : 'up';
    const level = this.#level === null ? 0 : this.#level[way][anchor]!;
    const end = anchor + outcome.window[1];
    // The first row after the anchor that cannot be read ends what is known.
    const limit = anchor + 1 < rows ? Math.min(this.#series.nextGap[anchor + 1]!, rows) : rows;
    const to = Math.min(end, limit - 1);
    const work: Work = {
      of: this.#of[way],
      level,
      anchor,
      from: anchor + outcome.window[0],
      to,
      direction,
      outcome,
      prices: this.#prices,
    };
    memo.value[anchor] = Number.NaN;
    memo.time[anchor] = Number.NaN;
    if (Number.isNaN(level) || Number.isNaN(this.#prices.close[anchor]!) || (!this.isTimed && to < end)) {
      memo.status[anchor] = undefinedStatus;
      return;
    }
    if (this.isTimed) {
      const age = outcome.kind === 'first_passage' ? firstPassage(work) : decayTime(work);
      const isHit = !Number.isNaN(age);
      // Age 0: nothing of the window could be followed.
      const followed = Math.max(0, to - anchor);
      memo.time[anchor] = isHit ? age : followed;
      memo.value[anchor] = isHit ? 1 : 0;
      memo.status[anchor] = isHit ? observed : followed < outcome.window[0] ? undefinedStatus : censored;
      return;
    }
    const value = valueKinds[outcome.kind as keyof typeof valueKinds](work);
    memo.value[anchor] = value;
    memo.status[anchor] = Number.isFinite(value) ? observed : undefinedStatus;
  }
}

/** Age at which the series first reaches the level; with rearm, only after it was on the other side of it once. */
function firstPassage({ of, level, anchor, from, to, outcome }: Work): number {
  const isUp = outcome.side === 'at_least';
  let isArmed = !outcome.rearm;
  for (let row = from; row <= to; row++) {
    const value = of[row]!;
    const isReached = isUp ? value >= level : value <= level;
    if (isReached && isArmed) return row - anchor;
    if (!isReached && !Number.isNaN(value)) isArmed = true;
  }
  return Number.NaN;
}

/** Bars from the peak of the series in the window until it has fallen half way to the base. */
function decayTime({ of, level, from, to }: Work): number {
  let peak = -1;
  for (let row = from; row <= to; row++) if (!Number.isNaN(of[row]!) && (peak < 0 || of[row]! > of[peak]!)) peak = row;
  if (peak < 0 || of[peak]! <= level) return Number.NaN;
  const half = level + (of[peak]! - level) / 2;
  for (let row = peak + 1; row <= to; row++) if (of[row]! <= half) return row - peak;
  return Number.NaN;
}

const valueKinds = {
  share({ of, level, from, to, outcome }: Work): number {
    let [count, hits] = [0, 0];
    for (let row = from; row <= to; row++) {
      if (Number.isNaN(of[row]!)) continue;
      count++;
      if (outcome.side === 'at_least' ? of[row]! >= level : of[row]! <= level) hits++;
    }
    return count === 0 ? Number.NaN : hits / count;
  },
  mean({ of, from, to }: Work): number {
    let [count, sum] = [0, 0];
    for (let row = from; row <= to; row++) {
      if (Number.isNaN(of[row]!)) continue;
      count++;
      sum += of[row]!;
    }
    return count === 0 ? Number.NaN : sum / count;
  },
  quantile({ of, from, to, outcome }: Work): number {
    const values = of
      .slice(from, to + 1)
      .filter((value) => !Number.isNaN(value))
      .sort();
    if (values.length === 0) return Number.NaN;
    const place = (values.length - 1) * outcome.q;
    const below = Math.floor(place);
    return values[below]! + (place - below) * ((values[below + 1] ?? values[below]!) - values[below]!);
  },
  excess_area({ of, level, from, to }: Work): number {
    let sum = 0;
    for (let row = from; row <= to; row++) {
      if (Number.isNaN(of[row]!)) return Number.NaN;
      sum += Math.max(0, of[row]! - level);
    }
    return sum;
  },
  range({ anchor, from, to, prices }: Work): number {
    let [top, bottom] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let row = from; row <= to; row++) {
      top = Math.max(top, prices.high[row]!);
      bottom = Math.min(bottom, prices.low[row]!);
    }
    return (top - bottom) / prices.close[anchor]!;
  },
  forward_return({ anchor, to, direction, outcome, prices }: Work): number {
    const entry = outcome.from === 'close' ? prices.close[anchor]! : prices.open[anchor + 1]!;
    return direction * (prices.close[to]! / entry - 1);
  },
  adverse_excursion(work: Work): number {
    return excursion(work, -1);
  },
  favorable_excursion(work: Work): number {
    return excursion(work, 1);
  },
};

/** Largest move from the next open in (side 1) or against (-1) the event's direction, 0 or more. */
function excursion({ anchor, from, to, direction, prices }: Work, side: number): number {
  const entry = prices.open[anchor + 1]!;
  const isUp = direction * side > 0;
  let extreme = entry;
  for (let row = from; row <= to; row++) extreme = isUp ? Math.max(extreme, prices.high[row]!) : Math.min(extreme, prices.low[row]!);
  return Math.abs(extreme / entry - 1);
}
