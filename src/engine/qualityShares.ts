import { type QualityFlag, qualityFlags } from '../market/barQuality.ts';
import type { Money } from './screen/money.ts';
import type { Trade } from './trades.ts';

/** What a quality flag touched: bars on which a position earned or cost something, trades from entry to exit bar. */
export interface QualityShare {
  /** `any` counts a bar or a trade once, however many flags it has. */
  readonly flag: QualityFlag | 'any';
  readonly bars: number;
  readonly pnl: number;
  readonly trades: number;
  readonly tradesPnl: number;
}

/** One line with the quality of its bars. */
export interface QualityLine {
  /** [rows] bits of market/barQuality.ts; left out: nothing is flagged. */
  readonly quality?: Float64Array;
  readonly money: Pick<Money, 'position' | 'pnl' | 'spans'>;
  readonly trades: readonly Pick<Trade, 'entryRow' | 'exitRow' | 'pnl'>[];
}

const names = Object.keys(qualityFlags) as QualityFlag[];
const every = names.reduce((bits, name) => bits | qualityFlags[name], 0);
const rowsOf: readonly (readonly [QualityShare['flag'], number])[] = [
  ['any', every],
  ...names.map((name): [QualityFlag, number] => [name, qualityFlags[name]]),
];

/** Bars, trades and pnl of one line by quality flag, all flags together first. A bar with two flags is in both rows. */
export function qualityShares({ quality, money, trades }: QualityLine): QualityShare[] {
  return rowsOf.map(([flag, bits]) => {
    let [bars, pnl, done] = [0, 0, 0];
    for (let span = 0; quality !== undefined && span < money.spans.length; span += 2) {
      for (let row = Math.max(done, money.spans[span]!); row < money.spans[span + 1]!; row++) {
        done = row + 1;
        if ((quality[row]! & bits) === 0 || (money.pnl[row] === 0 && money.position[row] === 0)) continue;
        bars++;
        pnl += money.pnl[row]!;
      }
    }
    const touched = quality === undefined ? [] : trades.filter(({ entryRow, exitRow }) => hasBits(quality, bits, entryRow, exitRow));
    return { flag, bars, pnl, trades: touched.length, tradesPnl: touched.reduce((sum, trade) => sum + trade.pnl, 0) };
  });
}

/** The shares of several lines, flag by flag. */
export function addQualityShares(lines: readonly (readonly QualityShare[])[]): QualityShare[] {
  return rowsOf.map(([flag], at) => {
    const sum = (key: 'bars' | 'pnl' | 'trades' | 'tradesPnl') => lines.reduce((total, shares) => total + shares[at]![key], 0);
    return { flag, bars: sum('bars'), pnl: sum('pnl'), trades: sum('trades'), tradesPnl: sum('tradesPnl') };
  });
}

function hasBits(quality: Float64Array, bits: number, from: number, to: number): boolean {
  for (let row = from; row <= to; row++) if ((quality[row]! & bits) !== 0) return true;
  return false;
}
