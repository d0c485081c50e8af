import { monthOf, monthsBetween } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { factorStart, simulateFactor } from './factor.ts';
import type { FactorState } from './factor.ts';
import { sampleEnd, sampleInstrument, sampleStart } from './instruments.ts';
import type { SampleInstrument } from './instruments.ts';
import type { RiskPath } from './path.ts';
import { recentCache } from './recentCache.ts';
import { symbolStart, walkSymbol } from './walk.ts';
import type { SymbolState, SymbolWalk } from './walk.ts';

/** The months of the simulated history; everywhere else in here a month is its index. */
export const sampleMonths: readonly Month[] = monthsBetween(sampleStart, sampleEnd);
const indexes = new Map(sampleMonths.map((month, index) => [month.label, index]));

/** Index of the month that holds an instant, or null outside the history. */
export function monthIndex(time: number): number | null {
  return indexes.get(monthOf(time).label) ?? null;
}

/** Months of bars that are kept besides the states; a month of the factor has 96 kB. */
const kept = { factor: 72, walks: 8 };

/** Everything that is simulated bar by bar and carries a state from month to month. */
export interface SampleHistory {
  readonly instrument: (symbol: string) => SampleInstrument;
  readonly factor: (index: number) => RiskPath;
  /** Only for months from the listing on. */
  readonly walk: (index: number, symbol: string) => SymbolWalk;
}

/** The history of a seed. Of each month reached the state at its start is kept for good, bars of recent months only. */
export function createHistory(seed: number): SampleHistory {
  const factorStates: FactorState[] = [factorStart];
  const instruments = new Map<string, SampleInstrument>();
  const states = new Map<string, Map<number, SymbolState>>();

  const instrument = (symbol: string): SampleInstrument => {
    const known = instruments.get(symbol) ?? sampleInstrument(seed, symbol);
    instruments.set(symbol, known);
    return known;
  };

  const factor = recentCache(kept.factor, (index) => {
    for (let next = factorStates.length; next <= index; next++)
      factorStates.push(simulateFactor(seed, sampleMonths[next - 1]!, factorStates[next - 1]!).end);
    const { path, end } = simulateFactor(seed, sampleMonths[index]!, factorStates[index]!);
    factorStates[index + 1] = end;
    return path;
  });

  const statesOf = (symbol: string): Map<number, SymbolState> => {
    const known = states.get(symbol) ?? new Map([[monthIndex(instrument(symbol).listedAt)!, symbolStart()]]);
    states.set(symbol, known);
    return known;
  };

  const walk = recentCache(kept.walks, (index, symbol) => {
    const known = statesOf(symbol);
    let from = index;
    while (!known.has(from)) from--;
    for (; ; from++) {
      const inputs = { instrument: instrument(symbol), month: sampleMonths[from]!, factor: factor(from) };
      const walked = walkSymbol(seed, inputs, known.get(from)!);
      known.set(from + 1, walked.end);
      if (from === index) return walked.walk;
    }
  });
  return { instrument, factor, walk };
}
