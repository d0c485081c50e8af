import { namedStream, nextUniform } from '../../core/random.ts';
import { barsPerDay } from '../../core/time.ts';
import type { Execution } from '../book/book.ts';
import type { Market } from '../book/market.ts';
import { stepsOf } from '../book/steps.ts';
import { type EdgePaths, type UnitStream, unitStream } from '../streams.ts';

/** Execution without caps, throttle or budget. */
export const free: Execution = { caps: { symbolMax: null, grossMax: null, netMax: null }, throttle: null, turnoverDailyMax: null };

export const firstDay = Date.UTC(2023, 0, 1);

/** A market of random walks with funding every eight hours; every 97th bar of the first symbol is missing. */
export function randomMarket(seed: number, { symbols, days }: { symbols: number; days: number }): Market {
  const random = namedStream(`seed=${seed}/portfolio-test/market/0`);
  const rows = days * barsPerDay;
  const column = (value: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => value(row));
  const isTradable = Array.from({ length: symbols }, (_, s) => Uint8Array.from({ length: rows }, (__, row) => (s === 0 && row % 97 === 96 ? 0 : 1)));
  return {
    firstDay,
    days,
    rows,
    symbols: Array.from({ length: symbols }, (_, s) => `S${s}USDT`),
    returns: isTradable.map((open) => column((row) => (open[row] === 1 ? 0.004 * (nextUniform(random) - 0.5) : 0))),
    isTradable,
    fundingRate: isTradable.map(() => column((row) => (row % 32 === 31 ? 0.0004 * (nextUniform(random) - 0.4) : 0))),
  };
}

/** Positions that change about every thirty bars. */
export function randomPaths(seed: number, market: Market, edge: string): EdgePaths {
  const random = namedStream(`seed=${seed}/portfolio-test/${edge}/0`);
  const positions = market.symbols.map(() => {
    let held = 0;
    const column = Float64Array.from({ length: market.rows }, () => {
      if (nextUniform(random) < 1 / 30) held = Math.floor(3 * nextUniform(random)) - 1;
      return held;
    });
    return stepsOf(column);
  });
  return { edge, positions, costFraction: 0.0006, isLong: true, isShort: true, sizing: { unit: 'gross1' } };
}

/** Every symbol on every day. */
export function always(market: Market): Uint8Array[] {
  return market.symbols.map(() => new Uint8Array(market.days).fill(1));
}

/** Unit streams of so many random edges. */
export function randomStreams(seed: number, market: Market, edges: number): UnitStream[] {
  const splitting = { members: always(market), slots: market.symbols.length };
  return Array.from({ length: edges }, (_, e) => unitStream(randomPaths(seed, market, `edge_${e}`), market, splitting));
}
