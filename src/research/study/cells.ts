import type { StudySymbol } from './studySymbol.ts';
import type { MatchedSymbol } from './match.ts';

/** Events of one level of a split. */
export interface Cell {
  readonly split: string;
  readonly level: string;
  /** [events used] 1 for those of the cell. */
  readonly isIn: Float64Array;
}

/**
 * Cells of the primary effect: every year, symbol and stratum level of matched events.
 *
 * @param owners numbers of the events used, counted through the symbols
 */
export function cellsOf(symbols: readonly StudySymbol[], matched: readonly MatchedSymbol[], owners: Int32Array): Cell[] {
  const labels = eventLabels(symbols, matched);
  const splits = [...new Set(labels.flatMap((label) => Object.keys(label)))];
  return splits.flatMap((split) => {
    const levels = [...new Set(labels.map((label) => label[split]!))].sort();
    return levels.map((level): Cell => ({ split, level, isIn: Float64Array.from(owners, (owner) => +(labels[owner]![split] === level)) }));
  });
}

function eventLabels(symbols: readonly StudySymbol[], matched: readonly MatchedSymbol[]): Record<string, string>[] {
  return matched.flatMap(({ symbol, events }, s) => {
    const { series } = symbols[s]!;
    const strata = series.study.strata.map(({ id, of }) => ({ id, values: series.of(of) }));
    return events.map(({ anchor }) => ({
      year: String(new Date(series.frame.openTime[anchor]!).getUTCFullYear()),
      symbol,
      ...Object.fromEntries(strata.map(({ id, values }) => [id, Number.isNaN(values[anchor]!) ? 'missing' : String(values[anchor]!)])),
    }));
  });
}
