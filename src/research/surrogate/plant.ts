import type { CompiledStudy } from '../study/compile.ts';
import type { StudyEvent } from '../study/detect.ts';
import type { StudyFrame } from '../study/frame.ts';

/** What a study's primary outcome could find: prices that drift after an event, or returns that grow or shrink. */
export type PlantKind = 'drift' | 'larger' | 'smaller';

/** Sizes that a certificate plants: basis points of log return over the window of the primary outcome, or changes of the factor on returns. */
const sizes: Readonly<Record<PlantKind, readonly number[]>> = {
  drift: [25, 50, 75, 100, 200],
  larger: [0.1, 0.25, 0.5, 1, 2],
  smaller: [0.1, 0.25, 0.5, 0.75],
};

/** How a study's effect is planted. */
export interface PlantPlan {
  readonly kind: PlantKind;
  /** What a size is, for an axis. */
  readonly words: string;
  readonly sizes: readonly number[];
}

/** The plant that a study's primary outcome could find. */
export function plantPlan(study: CompiledStudy): PlantPlan {
  const isDecrease = study.document.hypothesis.direction === 'decrease';
  if (primaryOutcome(study).kind === 'forward_return')
    return { kind: 'drift', words: `drift ${isDecrease ? 'against' : 'with'} the event over the outcome’s window, basis points`, sizes: sizes.drift };
  return isDecrease
    ? { kind: 'smaller', words: 'smaller returns after the event, 1 minus their factor', sizes: sizes.smaller }
    : { kind: 'larger', words: 'larger returns after the event, factor minus 1', sizes: sizes.larger };
}

/** What a size is worth to a trade over the outcome's window, basis points; null where returns only change their size. */
export function plantBps({ kind }: PlantPlan, size: number): number | null {
  return kind === 'drift' ? 10_000 * Math.expm1(size / 10_000) : null;
}

/** A change of the bars in the window after an event. */
export interface Plant {
  /** Log return added to every bar, in the event's direction. */
  readonly drift: number;
  /** Factor on the size of every return; 1 leaves them. */
  readonly volatility: number;
}

/** A plant of the study's kind, of a size in its unit. */
export function plantFor(study: CompiledStudy, size: number): Plant {
  const { kind } = plantPlan(study);
  if (kind === 'larger') return { drift: 0, volatility: 1 + size };
  if (kind === 'smaller') return { drift: 0, volatility: Math.max(0, 1 - size) };
  const [from, to] = primaryOutcome(study).window;
  const sign = study.document.hypothesis.direction === 'decrease' ? -1 : 1;
  return { drift: (sign * size) / 10_000 / (to - from + 1), volatility: 1 };
}

/**
 * A market in which every event of a study is followed by a stated effect: prices are chained again from returns that are
 * changed over the window of the primary outcome. Other bars keep their returns.
 *
 * @param events the study's events on the market before planting
 * @source research specification 10.11 (2)
 */
export function planted(study: CompiledStudy, frame: StudyFrame, { events, plant }: { events: readonly StudyEvent[]; plant: Plant }): StudyFrame {
  const added = new Float64Array(frame.rows);
  const factor = new Float64Array(frame.rows).fill(1);
  const [from, to] = primaryOutcome(study).window;
  for (const { anchor, direction } of events) {
    for (let row = anchor + from; row <= Math.min(anchor + to, frame.rows - 1); row++) {
      added[row] = direction * plant.drift;
      factor[row] = plant.volatility;
    }
  }
  return repriced(frame, { added, factor });
}

/**
 * The frame with prices chained again from changed log returns.
 *
 * @param added  [rows] log return added within the bar: its open keeps its distance from the close before
 * @param factor [rows] factor on every price's log distance from the close before
 */
export function repriced(frame: StudyFrame, { added, factor }: { added: Float64Array; factor: Float64Array }): StudyFrame {
  const { open, high, low, close } = frame.columns as Record<'open' | 'high' | 'low' | 'close', Float64Array>;
  const out = { open: open.slice(), high: high.slice(), low: low.slice(), close: close.slice() };
  let shift = 0;
  for (let row = 1; row < frame.rows; row++) {
    const [before, own] = [close[row - 1]!, close[row]!];
    if (!(before > 0) || !(own > 0)) {
      for (const price of ['open', 'high', 'low', 'close'] as const) out[price][row] = frame.columns[price]![row]! * Math.exp(shift);
      continue;
    }
    const moved = (price: number, more: number): number => out.close[row - 1]! * Math.exp(Math.log(price / before) * factor[row]! + more);
    out.open[row] = moved(open[row]!, 0);
    out.close[row] = moved(own, added[row]!);
    out.high[row] = Math.max(moved(high[row]!, added[row]!), out.open[row]!, out.close[row]!);
    out.low[row] = Math.min(moved(low[row]!, added[row]!), out.open[row]!, out.close[row]!);
    shift = Math.log(out.close[row]! / own);
  }
  return { ...frame, columns: { ...frame.columns, ...out } };
}

function primaryOutcome(study: CompiledStudy) {
  const { outcome } = study.document.estimands[study.document.hypothesis.primary]!;
  return study.outcomes.find(({ id }) => id === outcome)!;
}
