import { FormulaValues } from '../../formula/evaluate.ts';
import type { CompiledStudy } from '../study/compile.ts';
import { detectEvents } from '../study/detect.ts';
import { type StudyFrame, StudySeries } from '../study/frame.ts';

/** What is planted after every event: a drift in the event's direction, or returns made larger. */
export interface Plant {
  /** Total log return over the study's longest window, in the event's direction. */
  readonly drift: number;
  /** Factor on the size of every return inside the window; 1 leaves them. */
  readonly volatility: number;
}

/** The kind of plant that a study's primary outcome could find, of a size in its natural unit. */
export function plantFor(study: CompiledStudy, size: number): Plant {
  const { outcome } = study.document.estimands[study.document.hypothesis.primary]!;
  const { kind } = study.outcomes.find(({ id }) => id === outcome)!;
  const sign = study.document.hypothesis.direction === 'decrease' ? -1 : 1;
  return kind === 'forward_return' ? { drift: sign * size, volatility: 1 } : { drift: 0, volatility: Math.max(0, 1 + sign * size) };
}

/**
 * A market in which every event of a study is followed by a stated effect: prices are chained again from returns that are
 * changed between an event's anchor and the end of the longest window. Events are those of the market before planting; other bars
 * keep their returns.
 *
 * @param thresholds the study's thresholds on this frame
 * @source research specification 10.11 (2)
 */
export function planted(
  study: CompiledStudy,
  frame: StudyFrame,
  { thresholds, plant }: { thresholds: Readonly<Record<string, number>>; plant: Plant },
): StudyFrame {
  const { events } = detectEvents(new StudySeries(frame, study, { thresholds, shared: new FormulaValues(frame) }));
  const { open, high, low, close } = frame.columns as Record<'open' | 'high' | 'low' | 'close', Float64Array>;
  const added = new Float64Array(frame.rows);
  const factor = new Float64Array(frame.rows).fill(1);
  for (const { anchor, direction } of events) {
    for (let row = anchor + 1; row <= Math.min(anchor + study.horizon, frame.rows - 1); row++) {
      added[row] = (direction * plant.drift) / study.horizon;
      factor[row] = plant.volatility;
    }
  }
  const out = { open: open.slice(), high: high.slice(), low: low.slice(), close: close.slice() };
  let shift = 0;
  for (let row = 1; row < frame.rows; row++) {
    const [before, own] = [close[row - 1]!, close[row]!];
    // Log distance of each price from the close before, changed and put on the changed close before.
    const moved = (price: number): number => out.close[row - 1]! * Math.exp(Math.log(price / before) * factor[row]! + added[row]!);
    if (!(before > 0) || !(own > 0)) {
      for (const price of ['open', 'high', 'low', 'close'] as const) out[price][row] = frame.columns[price]![row]! * Math.exp(shift);
      continue;
    }
    out.open[row] = Math.min(Math.max(moved(open[row]!), moved(low[row]!)), moved(high[row]!));
    out.high[row] = moved(high[row]!);
    out.low[row] = moved(low[row]!);
    out.close[row] = moved(own);
    shift = Math.log(out.close[row]! / own);
  }
  return { ...frame, columns: { ...frame.columns, ...out } };
}
