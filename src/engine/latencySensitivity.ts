import { barMs, daysPerYear } from '../core/time.ts';
import { dailyReturnsByTime } from '../stats/dailyReturns.ts';
import { sharpe } from '../stats/sharpe.ts';
import type { Positions } from './positions.ts';
import { additiveDrawdown } from './referenceMetrics.ts';
import { accountMoney, type Money, type MoneyOptions } from './screen/money.ts';

/** Delays that every run is shown under besides its own, in bars. */
export const latencyBars = [1, 2] as const;

/** The book when every decision is executed so many bars late, accounting, costs and funding unchanged. */
export interface LatencyScenario {
  readonly delayBars: number;
  readonly netReturn: number;
  readonly maxDrawdown: number;
  /** Annualized, from UTC days; null for fewer than 2 days or no variance. */
  readonly sharpeDaily: number | null;
  /** Net return of each strategy and of each symbol. */
  readonly strategies: Readonly<Record<string, number>>;
  readonly symbols: Readonly<Record<string, number>>;
}

/** What is read of a book: all [rows]. */
export interface LatencyBook {
  readonly openTime: Float64Array;
  readonly pnl: Float64Array;
  /** One series per delay of `latencyBars`. */
  readonly delayedPnl: readonly Float64Array[];
}

/** Net returns of the parts of a book by name, each in the order of `netByDelay`. */
export type PartNets = Readonly<Record<string, readonly number[]>>;

/**
 * Pnl [rows] of the same decisions under each delay of `latencyBars`. A decision that meets a bar which does not exist
 * waits for the next one.
 *
 * @param market returns and fundingRate [rows], as the money of the run saw them
 * @source statistics specification 13.8
 */
export function delayedPnl(
  positions: Positions,
  market: { readonly returns: Float64Array; readonly fundingRate: Float64Array },
  options: Pick<MoneyOptions, 'costFraction' | 'profile' | 'isGap'>,
): Float64Array[] {
  let last: Money | null = null;
  return latencyBars.map((delayBars) => {
    // Only the pnl is kept: the other columns of one delay serve the next as memory.
    const reuse = last === null ? {} : { reuse: { ...last, pnl: new Float64Array(last.pnl.length) } };
    last = accountMoney(positions, market.returns, market.fundingRate, { ...options, delayBars, ...reuse });
    return last.pnl;
  });
}

/**
 * The book on time, then under each delay.
 *
 * @param parts   net returns of strategies and symbols by delay
 * @param initial equity before the first bar, for the drawdown
 * @source statistics specification 13.8
 */
export function latencySensitivity(
  book: LatencyBook,
  parts: { readonly strategies: PartNets; readonly symbols: PartNets },
  initial: number,
): LatencyScenario[] {
  const at = (nets: PartNets, scenario: number) => Object.fromEntries(Object.entries(nets).map(([name, net]) => [name, net[scenario]!]));
  return scenariosOf(book).map((pnl, scenario) => {
    const daily = pnl.length === 0 ? new Float64Array(0) : dailyReturnsByTime(pnl, book.openTime, barMs).returns;
    return {
      delayBars: scenario === 0 ? 0 : latencyBars[scenario - 1]!,
      netReturn: total(pnl),
      maxDrawdown: additiveDrawdown(pnl, initial),
      sharpeDaily: sharpe(daily, daysPerYear).annualized,
      strategies: at(parts.strategies, scenario),
      symbols: at(parts.symbols, scenario),
    };
  });
}

/**
 * Net return on time, then under each delay of `latencyBars`.
 *
 * @source statistics specification 13.8
 */
export function netByDelay(book: LatencyBook): number[] {
  return scenariosOf(book).map(total);
}

/** Pnl on time, then under each delay. */
function scenariosOf({ pnl, delayedPnl }: LatencyBook): Float64Array[] {
  return [pnl, ...delayedPnl];
}

/** Plain sum in time order, as every total of the engine. */
function total(pnl: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < pnl.length; row++) sum += pnl[row]!;
  return sum + 0;
}
