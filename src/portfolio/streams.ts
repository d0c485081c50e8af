import { barsPerDay } from '../core/time.ts';
import { sampleStd } from '../stats/moments.ts';
import type { Market } from './book/market.ts';
import { type Changes, mergeSteps, type Steps, StepWriter } from './book/steps.ts';

/** How large one unit of an edge is. */
export type Sizing =
  /** Absolute exposures add up to at most 1. */
  | { readonly unit: 'gross1' }
  /** The same, times what brings the volatility of the last days to `target` per day; at most `largestScale`. */
  | { readonly unit: 'vol_target'; readonly target: number };

/** An edge as the engine ran it, before the portfolio has a say. */
export interface EdgePaths {
  readonly edge: string;
  /** [symbols of the market] positions in -1..1 in force after each bar. */
  readonly positions: readonly Steps[];
  /** Fees and slippage of one unit of traded exposure. */
  readonly costFraction: number;
  /** Sides it may take at all. */
  readonly isLong: boolean;
  readonly isShort: boolean;
  /** [days] 1 where the edge may be used; left out: always. */
  readonly isValid?: Uint8Array;
  readonly sizing: Sizing;
}

/** An edge at weight 1. */
export interface UnitStream {
  readonly edge: string;
  readonly costFraction: number;
  readonly isLong: boolean;
  readonly isShort: boolean;
  /** Exposure of one full position, before the scale of the day. */
  readonly slot: number;
  /** [days] factor on exposures, known when the day begins; null for 1 throughout. */
  readonly scale: Float64Array | null;
  /** [symbols] exposure in force after each bar, a fraction of capital at weight 1. */
  readonly exposures: readonly Steps[];
  /** [days] return at weight 1 after costs and funding. */
  readonly daily: Float64Array;
  /** [days] 1 where it held something or traded. */
  readonly isActive: Uint8Array;
}

const scaleDays = 60;
const fewestScaleDays = 20;
/** Largest factor that a volatility target puts on a unit. */
export const largestScale = 4;

/** Which symbols may be entered when, and among how many a unit is split. */
export interface Splitting {
  /** [symbols][days] 1 where the symbol belongs to the universe. */
  readonly members: readonly Uint8Array[];
  readonly slots: number;
}

/**
 * Unit streams of edges: positions masked by universe and validity, split evenly over the universe's slots, with what they earn per day.
 * Outside the universe a position may shrink or end but neither begin, grow nor turn; outside its validity an edge holds nothing.
 *
 * @source governance specification 16.4 (U1), 16.5 (R1, R2)
 */
export function unitStream(paths: EdgePaths, market: Market, { members, slots }: Splitting): UnitStream {
  const { edge, costFraction, isLong, isShort, sizing } = paths;
  const slot = 1 / slots;
  const masked = paths.positions.map((steps, s) => maskSteps(steps, { market, isMember: members[s]!, isValid: paths.isValid ?? null }));
  const even = boundedGross(masked, slot);
  const first = earn(even, market, costFraction);
  const common = { edge, costFraction, isLong, isShort, slot };
  if (sizing.unit === 'gross1') return { ...common, scale: null, exposures: even, ...first };
  const scale = volatilityScale(first.daily, first.isActive, sizing.target);
  const exposures = even.map((steps) => scaleByDay(steps, scale, market.rows));
  return { ...common, scale, exposures, ...earn(exposures, market, costFraction) };
}

interface Mask {
  readonly market: Market;
  readonly isMember: Uint8Array;
  readonly isValid: Uint8Array | null;
}

/** Positions that the universe and the validity of the edge allow. */
function maskSteps({ at, to }: Steps, { market, isMember, isValid }: Mask): Steps {
  const writer = new StepWriter();
  let [step, wanted, held] = [0, 0, 0];
  for (let day = 0; day < market.days; day++) {
    const mayGrow = isMember[day] === 1;
    const mayHold = isValid === null || isValid[day] === 1;
    const [from, until] = [day * barsPerDay, (day + 1) * barsPerDay];
    const judge = (row: number) => {
      const kept = mayGrow ? wanted : withinHeld(wanted, held);
      held = mayHold ? kept : 0;
      writer.set(row, held);
    };
    judge(from);
    for (; step < at.length && at[step]! < until; step++) {
      wanted = to[step]!;
      judge(at[step]!);
    }
  }
  return writer.done();
}

/** The wanted position as far as it lies between 0 and the one held. */
function withinHeld(wanted: number, held: number): number {
  if (wanted * held <= 0) return 0;
  return Math.abs(wanted) < Math.abs(held) ? wanted : held;
}

/** Positions times the slot; where symbols that left the universe still run off beside a full one, all are scaled to a gross of 1. */
function boundedGross(positions: readonly Steps[], slot: number): Steps[] {
  const writers = positions.map(() => new StepWriter());
  const held = new Float64Array(positions.length);
  for (const { row, first, last, changes } of changedRows(positions)) {
    for (let i = first; i < last; i++) held[changes.column[i]!] = changes.value[i]! * slot;
    const gross = held.reduce((sum, value) => sum + Math.abs(value), 0);
    const scale = gross > 1 + 1e-9 ? 1 / gross : 1;
    for (const [s, writer] of writers.entries()) writer.set(row, held[s]! * scale);
  }
  return writers.map((writer) => writer.done());
}

function* changedRows(columns: readonly Steps[]): Generator<{ row: number; first: number; last: number; changes: Changes }> {
  const changes = mergeSteps(columns);
  for (let first = 0; first < changes.row.length;) {
    const row = changes.row[first]!;
    let last = first + 1;
    while (last < changes.row.length && changes.row[last] === row) last++;
    yield { row, first, last, changes };
    first = last;
  }
}

function scaleByDay({ at, to }: Steps, scale: Float64Array, rows: number): Steps {
  const writer = new StepWriter();
  let [step, value] = [0, 0];
  for (const [day, factor] of scale.entries()) {
    if (day * barsPerDay >= rows) break;
    writer.set(day * barsPerDay, value * factor);
    for (; step < at.length && at[step]! < (day + 1) * barsPerDay; step++) {
      value = to[step]!;
      writer.set(at[step]!, value * factor);
    }
  }
  return writer.done();
}

/** Factor of each day from the active days among the last ones before it. */
function volatilityScale(daily: Float64Array, isActive: Uint8Array, target: number): Float64Array {
  return daily.map((_, day) => {
    const known: number[] = [];
    for (let past = Math.max(0, day - scaleDays); past < day; past++) if (isActive[past] === 1) known.push(daily[past]!);
    const volatility = known.length < fewestScaleDays ? null : sampleStd(known);
    return volatility === null || volatility === 0 ? 1 : Math.min(largestScale, target / volatility);
  });
}

/** What exposures earn by day: returns and funding on what is carried into each bar, costs of what changes. */
function earn(exposures: readonly Steps[], market: Market, costFraction: number): Pick<UnitStream, 'daily' | 'isActive'> {
  const daily = new Float64Array(market.days);
  const isActive = new Uint8Array(market.days);
  for (const [s, { at, to }] of exposures.entries()) {
    const [returns, funding] = [market.returns[s]!, market.fundingRate[s]!];
    let held = 0;
    for (let i = 0; i < at.length; i++) {
      const [row, next] = [at[i]!, at[i + 1] ?? market.rows];
      const day = Math.floor(row / barsPerDay);
      daily[day]! -= Math.abs(to[i]! - held) * costFraction;
      isActive[day] = 1;
      held = to[i]!;
      if (held === 0) continue;
      for (let carried = row + 1; carried <= Math.min(next, market.rows - 1); carried++) {
        const on = Math.floor(carried / barsPerDay);
        daily[on]! += held * (returns[carried]! - funding[carried]!);
        isActive[on] = 1;
      }
    }
  }
  return { daily, isActive };
}
