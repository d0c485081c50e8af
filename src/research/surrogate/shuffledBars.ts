import { nextIndex } from '../../core/random.ts';
import { barsPerDay } from '../../core/time.ts';
import { streamOf } from './market.ts';
import type { StudyFrame } from '../study/frame.ts';

/** Bars in a block: long enough to keep a bar's neighbours, shorter than any effect that a study follows. */
const blockBars = 8;

/**
 * Real bars with their order destroyed: each block of two hours comes from a random other day at the same time of day, the same day
 * for every symbol. What is kept: each bar's shape, the time of day, the dependence between symbols and funding. What is lost: anything
 * that lasts longer than a block. Prices are chained from the bars' returns; blocks with a gap are never drawn.
 *
 * @param frames the real frames, on one grid
 * @param stream prefix of the stream name
 * @returns      frames of whole days without gaps, bar fields and funding only; null where the data hold no whole block for some time of day
 * @source       research specification 10.11 (1)
 */
export function shuffledBars(frames: readonly StudyFrame[], stream: string): StudyFrame[] | null {
  const days = Math.min(...frames.map(({ rows }) => Math.floor(rows / barsPerDay)));
  const blocks = barsPerDay / blockBars;
  const random = streamOf(stream, 'blocks');
  const donors = Array.from({ length: blocks }, (_, slot) => wholeDays(frames, { slot, days }));
  if (days === 0 || donors.some((list) => list.length === 0)) return null;
  const rows = days * barsPerDay;
  const from = new Int32Array(rows);
  for (let day = 0; day < days; day++) {
    for (let slot = 0; slot < blocks; slot++) {
      const donor = donors[slot]![nextIndex(random, donors[slot]!.length)]!;
      for (let bar = 0; bar < blockBars; bar++) from[day * barsPerDay + slot * blockBars + bar] = donor * barsPerDay + slot * blockBars + bar;
    }
  }
  return frames.map((frame) => rearranged(frame, from));
}

/** Days on which every symbol has the whole block, and the close before it. */
function wholeDays(frames: readonly StudyFrame[], { slot, days }: { slot: number; days: number }): number[] {
  return Array.from({ length: days }, (_, day) => day).filter((day) => {
    const first = day * barsPerDay + slot * blockBars;
    return first > 0 && frames.every(({ columns }) => columns['close']!.subarray(first - 1, first + blockBars).every((value) => value > 0));
  });
}

function rearranged(frame: StudyFrame, from: Int32Array): StudyFrame {
  const rows = from.length;
  const { open, high, low, close } = frame.columns as Record<'open' | 'high' | 'low' | 'close', Float64Array>;
  const out = Object.fromEntries(
    Object.keys(frame.columns)
      .filter((name) => ['open', 'high', 'low', 'close', 'volume', 'funding_event_ts', 'funding_rate_scaled'].includes(name))
      .map((name) => [name, new Float64Array(rows)]),
  );
  let before = close.find((value) => value > 0) ?? 1;
  for (let row = 0; row < rows; row++) {
    const source = from[row]!;
    const scale = before / close[source - 1]!;
    out['open']![row] = open[source]! * scale;
    out['high']![row] = high[source]! * scale;
    out['low']![row] = low[source]! * scale;
    out['close']![row] = close[source]! * scale;
    for (const name of ['volume', 'funding_rate_scaled']) if (out[name] !== undefined) out[name][row] = frame.columns[name]![source]!;
    // Settlements keep their time of day, on the day that the bar is moved to.
    if (out['funding_event_ts'] !== undefined)
      out['funding_event_ts'][row] = frame.columns['funding_event_ts']![source]! + frame.openTime[row]! - frame.openTime[source]!;
    before = out['close']![row]!;
  }
  return { symbol: frame.symbol, rows, openTime: frame.openTime.slice(0, rows), isGap: new Uint8Array(rows), columns: out };
}
