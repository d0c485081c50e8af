import { barsPerDay, dayMs, monthOf } from '../../core/time.ts';
import type { SliceBook } from './book.ts';
import type { Cell, CellOnSlice } from './cells.ts';
import { fillExcess } from './measure.ts';
import type { PolicyStabilityRow } from './result.ts';

/** Days of one level: how many have a difference, and the sum and number of excesses. */
interface Tally {
  changed: number;
  sum: number;
  days: number;
}

/**
 * The excess of a cell by year, by symbol, and by each stratum of the parent study (its value at the close before the day), over all slices
 * given.
 *
 * @source research specification 10.5 (S-27: magnitude beside sign), 11.1 S-38 (symbol is a stratum)
 */
export function stabilityRows(cell: Cell, parts: readonly { readonly book: SliceBook; readonly found: CellOnSlice }[]): PolicyStabilityRow[] {
  const tallies = new Map<string, Map<string, Tally>>();
  const add = (split: string, level: string, excess: number, isChanged: boolean): void => {
    const levels = tallies.get(split) ?? new Map<string, Tally>();
    tallies.set(split, levels);
    const tally = levels.get(level) ?? { changed: 0, sum: 0, days: 0 };
    levels.set(level, tally);
    tally.sum += excess;
    tally.days++;
    if (isChanged) tally.changed++;
  };
  for (const { book, found } of parts) {
    const { firstDay } = book.slice;
    found.measure.excess.forEach((excess, day) => {
      const { year } = monthOf((firstDay + day) * dayMs);
      add('year', String(year), excess / book.lines, found.measure.difference[day] !== 0);
    });
    book.symbols.forEach(({ frame, lines, strata }, s) => {
      const [own, base] = [found.symbols[s]!, book.baseline.symbols[s]!];
      const { from, to } = book.ranges[s]!;
      fillExcess(own, base, new Float64Array(own.gross.length)).forEach((excess, day) => {
        const row = Math.round(((firstDay + day) * dayMs - frame.openTime[0]!) / (dayMs / barsPerDay));
        if (row < from || row >= to) return;
        const isChanged = own.gross[day] !== base.gross[day] || own.cost[day] !== base.cost[day];
        add('symbol', frame.symbol, excess / lines.length, isChanged);
        for (const { id, values } of strata) {
          const level = values[row - 1];
          if (level !== undefined && !Number.isNaN(level)) add(id, String(level), excess / lines.length, isChanged);
        }
      });
    });
  }
  return [...tallies].flatMap(([split, levels]) =>
    [...levels]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([level, { changed, sum, days }]) => ({ cell: cell.id, split, level, changed_days: changed, excess_bps: (10_000 * sum) / days })),
  );
}
