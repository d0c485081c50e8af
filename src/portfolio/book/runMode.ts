import { type EdgePaths, type Splitting, type UnitStream, unitStream } from '../streams.ts';
import type { BookRun, Execution } from './book.ts';
import { type Decision, type DecisionRules, decider } from './decisions.ts';
import type { Market } from './market.ts';
import { runBook } from './runBook.ts';

/** One allocation mode run over the market. */
export interface ModeRun {
  readonly mode: string;
  readonly book: BookRun;
  readonly decisions: readonly Decision[];
}

export interface ModeInput {
  readonly streams: readonly UnitStream[];
  readonly market: Market;
  readonly rules: DecisionRules;
  readonly execution: Execution;
}

/** Decides and executes day by day. */
export function runMode(mode: string, { streams, market, rules, execution }: ModeInput): ModeRun {
  const { decide, decisions } = decider(streams, market, rules);
  return { mode, book: runBook(streams, market, { decide, execution }), decisions };
}

/** The same mode decided without each edge in turn, in the order of the streams. Nothing for a single edge: nothing would be left. */
export function* runWithoutEach(mode: string, input: ModeInput): Generator<ModeRun> {
  if (input.streams.length < 2) return;
  for (const left of input.streams) yield runMode(mode, { ...input, streams: input.streams.filter((stream) => stream !== left) });
}

/**
 * The same mode decided without each symbol in turn, in the market's order: what the edges earned elsewhere is all that is known, and the symbol's
 * slots stay empty. Nothing for a single symbol.
 */
export function* runWithoutEachSymbol(
  mode: string,
  { paths, splitting, ...input }: Omit<ModeInput, 'streams'> & { readonly paths: readonly EdgePaths[]; readonly splitting: Splitting },
): Generator<ModeRun> {
  const { symbols, returns, isTradable, fundingRate } = input.market;
  if (symbols.length < 2) return;
  for (const left of symbols.keys()) {
    const others = <T>(columns: readonly T[]): T[] => columns.filter((__, s) => s !== left);
    const market = {
      ...input.market,
      symbols: others(symbols),
      returns: others(returns),
      isTradable: others(isTradable),
      fundingRate: others(fundingRate),
    };
    const members = others(splitting.members);
    const streams = paths.map((path) => unitStream({ ...path, positions: others(path.positions) }, market, { ...splitting, members }));
    yield runMode(mode, { ...input, streams, market, rules: { ...input.rules, members } });
  }
}

/**
 * First day whose weights rest on enough history of at least one edge, and on no month chosen in hindsight: from here on results are out of sample.
 * Null when there never was one.
 */
export function firstEvaluatedDay({ decisions }: Pick<ModeRun, 'decisions'>, isSeeded: Uint8Array): number | null {
  const first = decisions.find(({ eligible }) => eligible > 0);
  if (first === undefined) return null;
  const day = Math.max(first.day + 1, isSeeded.lastIndexOf(1) + 1);
  return day < isSeeded.length ? day : null;
}
