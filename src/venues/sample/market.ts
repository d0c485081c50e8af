import { monthsBetween } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';
import { factorStart, simulateFactor } from './factor.ts';
import type { FactorMonth, FactorState } from './factor.ts';
import { sampleEnd, sampleInstrument, sampleStart } from './instruments.ts';
import type { SampleInstrument } from './instruments.ts';
import { simulateSymbol, symbolStart } from './symbol.ts';
import type { SymbolMonth, SymbolState } from './symbol.ts';

export interface SampleMarket {
  readonly instrument: (symbol: string) => SampleInstrument;
  /** One month of a symbol, or null outside the history. */
  readonly month: (symbol: string, month: Month) => { readonly path: SymbolMonth; readonly premium: Float64Array } | null;
  /** Premium at every fourth hour of a month [days x 6], or null outside the history. */
  readonly premium: (symbol: string, month: Month) => Float64Array | null;
}

interface SymbolHistory {
  readonly instrument: SampleInstrument;
  /** States at the start of month 0, 1, ... as far as simulated. */
  readonly states: SymbolState[];
  readonly premiums: Float64Array[];
  /** The month simulated last. */
  last: { readonly index: number; readonly path: SymbolMonth } | null;
}

const months = monthsBetween(sampleStart, sampleEnd);

/**
 * The simulated market of a seed. Every month starts from the stored state of the one before and draws from streams
 * named after seed, symbol and month, so its content does not depend on what was asked earlier.
 */
export function createSampleMarket(seed: number): SampleMarket {
  const factors: FactorMonth[] = [];
  let factorEnd: FactorState = factorStart;
  const histories = new Map<string, SymbolHistory>();

  const factorOf = (index: number): FactorMonth => {
    while (factors.length <= index) {
      const { path, end } = simulateFactor(seed, months[factors.length]!, factorEnd);
      factors.push(path);
      factorEnd = end;
    }
    return factors[index]!;
  };

  const historyOf = (symbol: string): SymbolHistory => {
    let history = histories.get(symbol);
    if (!history) {
      const instrument = sampleInstrument(seed, symbol);
      history = { instrument, states: [symbolStart(instrument)], premiums: [], last: null };
      histories.set(symbol, history);
    }
    return history;
  };

  const simulate = (history: SymbolHistory, index: number): SymbolMonth => {
    const { path, premium, end } = simulateSymbol(seed, history.instrument, months[index]!, factorOf(index), history.states[index]!);
    history.states[index + 1] = end;
    history.premiums[index] = premium;
    history.last = { index, path };
    return path;
  };

  const reach = (history: SymbolHistory, index: number): void => {
    for (let next = history.premiums.length; next <= index; next++) simulate(history, next);
  };

  return {
    instrument: (symbol) => historyOf(symbol).instrument,
    month(symbol, month) {
      const index = months.findIndex((known) => known.label === month.label);
      if (index < 0) return null;
      const history = historyOf(symbol);
      reach(history, index);
      const path = history.last?.index === index ? history.last.path : simulate(history, index);
      return { path, premium: history.premiums[index]! };
    },
    premium(symbol, month) {
      const index = months.findIndex((known) => known.label === month.label);
      if (index < 0) return null;
      const history = historyOf(symbol);
      reach(history, index);
      return history.premiums[index]!;
    },
  };
}
