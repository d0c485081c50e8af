import type { Line } from '../../engine/accounting.ts';
import { sumBook } from '../../engine/book.ts';
import type { Frame } from '../../engine/frame.ts';
import type { BindingStats, LineBinding } from '../../engine/overlay/bindings.ts';
import type { BoundOverlay } from '../../engine/overlay/overlay.ts';
import type { OverlayStatistics } from '../../engine/overlay/record.ts';
import { requireIdentities } from '../../engine/overlay/requireIdentities.ts';
import { bookDeltas, type ComparedBook, type Deltas } from '../../engine/risk/counterfactual.ts';
import { regimeMarks } from '../../engine/risk/regimes.ts';

/** Lines with the regimes of each trade's entry. */
export interface MarkedLines {
  readonly lines: readonly Line[];
  /** [trades] per line. */
  readonly marks: readonly Uint16Array[];
}

/** What one symbol adds to the account of the run's overlays. */
export interface OverlayLines {
  /** The same lines without any overlay. */
  readonly without: MarkedLines;
  /** The same lines without one of them, by its name. */
  readonly withoutOne: Readonly<Record<string, MarkedLines>>;
  /** One per line. */
  readonly bindings: readonly LineBinding[];
}

/**
 * The lines of one symbol beside themselves without the overlays: all of them, and each alone.
 *
 * @param lines    as the overlays made them
 * @param simulate the same lines under other overlays
 * @throws E_INTERNAL when the counts do not add up
 */
export function overlayLines(
  lines: readonly Line[],
  { frame, bound, simulate }: { frame: Frame; bound: readonly BoundOverlay[]; simulate: (overlays: readonly BoundOverlay[]) => readonly Line[] },
): OverlayLines {
  const marked = (simulated: readonly Line[]): MarkedLines => ({
    lines: simulated,
    marks: simulated.map(({ trades }) => regimeMarks(trades, frame)),
  });
  const without = marked(simulate([]));
  const others = (id: string): MarkedLines => (bound.length === 1 ? without : marked(simulate(bound.filter((overlay) => overlay.id !== id))));
  const withoutOne = Object.fromEntries(bound.map(({ id }) => [id, others(id)]));
  const own = marked(lines);
  const bindings = lines.map((line, i) => {
    requireIdentities(line.overlays!, `${line.strategy} ${line.symbol}`);
    const compare = (other: MarkedLines, unit: string): Deltas => {
      const stream = `seed=1/overlay/${line.strategy}.${line.symbol}/${unit}`;
      return bookDeltas({ with: bookOfLine(own, i, frame), without: bookOfLine(other, i, frame), stream });
    };
    return bindingOf(line, { all: compare(without, 'all'), withoutOne, compare, place: i });
  });
  return { without, withoutOne, bindings };
}

interface Comparing {
  readonly all: Deltas;
  readonly withoutOne: OverlayLines['withoutOne'];
  readonly compare: (other: MarkedLines, unit: string) => Deltas;
  /** Of the line among the symbol's. */
  readonly place: number;
}

function bindingOf(line: Line, { all, withoutOne, compare, place }: Comparing): LineBinding {
  const { intents, passed, statistics, changedBars, changedShare } = line.overlays!;
  const isAlone = statistics.length === 1;
  return {
    symbol: line.symbol,
    overlays: statistics.map(({ overlay }) => overlay),
    intents,
    passed,
    changed_bars: changedBars,
    changed_share: changedShare,
    counterfactual: all,
    binding_stats: statistics.map((counted) => {
      const other = withoutOne[counted.overlay]!;
      const bars = differingBars(line, other.lines[place]!);
      return { ...statsOf(counted, line, bars), counterfactual: isAlone ? all : compare(other, counted.overlay) };
    }),
  };
}

function statsOf(counted: OverlayStatistics, line: Line, changedBars: number): Omit<BindingStats, 'counterfactual'> {
  const rows = line.money.position.length;
  return {
    overlay: counted.overlay,
    symbol: line.symbol,
    effect: counted.effect,
    bars_evaluated: counted.barsEvaluated,
    condition_true_bars: counted.conditionTrueBars,
    missing_input_bars: counted.missingInputBars,
    intents_seen: line.overlays!.intents,
    blocked_entries: counted.blockedEntries,
    blocked_runs: counted.blockedRuns,
    delayed_entries: counted.delayedEntries,
    delay_bars_total: counted.delayBarsTotal,
    expired_entries: counted.expiredEntries,
    resized_entries: counted.resizedEntries,
    flattened_positions: counted.flattenedPositions,
    entry_count: entriesOf(line.money.position),
    changed_bars: changedBars,
    changed_share: rows === 0 ? 0 : changedBars / rows,
  };
}

function bookOfLine({ lines, marks }: MarkedLines, place: number, { openTime }: Frame): ComparedBook {
  const line = lines[place]!;
  return { series: sumBook([{ line, openTime }]), trades: line.trades, marks: marks[place]! };
}

function differingBars(a: Line, b: Line): number {
  const [own, other] = [a.money.position, b.money.position];
  let bars = 0;
  for (let row = 0; row < own.length; row++) if (own[row] !== other[row]) bars++;
  return bars;
}

function entriesOf(position: Float64Array): number {
  let count = 0;
  for (let row = 0; row < position.length; row++) if (position[row] !== 0 && (row === 0 || position[row - 1] === 0)) count++;
  return count;
}
