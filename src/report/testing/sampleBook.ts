import { barMs } from '../../core/time.ts';
import type { ReportBook, ReportTrade } from '../model.ts';

/** What a test says about one bar; what it leaves out is 0. */
export interface SampleBar {
  readonly pnl?: number;
  readonly long?: number;
  readonly short?: number;
  readonly funding?: number;
}

/** A book of the given bars from an instant on; exposure and turnover follow from the long and short lines. */
export function bookOf(bars: readonly SampleBar[], start = Date.UTC(2024, 0, 1)): ReportBook {
  const column = (value: (bar: SampleBar, row: number) => number) => Float64Array.from(bars, value);
  const gross = column(({ long = 0, short = 0 }) => long + short);
  const net = column(({ long = 0, short = 0 }) => long - short);
  return {
    rows: bars.length,
    openTime: column((_, row) => start + row * barMs),
    pnl: column(({ pnl = 0 }) => pnl),
    gross: column(({ pnl = 0 }) => pnl),
    cost: column(() => 0),
    funding: column(({ funding = 0 }) => funding),
    grossExposure: gross,
    netExposure: net,
    turnover: column((_, row) => Math.abs(net[row]! - (row === 0 ? 0 : net[row - 1]!))),
    marketReturn: column(() => 0),
  };
}

const plainTrade: Omit<ReportTrade, 'exitTime'> = {
  strategy: 'a',
  symbol: 'BTCUSDT',
  direction: 'long',
  entryTime: Date.UTC(2024, 0, 1),
  entryPrice: 100,
  exitPrice: 101,
  stopPrice: null,
  targetPrice: null,
  pnl: 0.01,
  gross: 0.01,
  cost: 0,
  funding: 0,
  rMultiple: null,
  exitReason: 'time',
  barsHeld: 4,
  mae: 0,
  mfe: 0,
  isOpen: false,
  flaggedBars: 0,
};

/** A trade of an hour that made one percent, but for what is said; its exit follows from entry and bars held. */
export function tradeOf(changes: Partial<ReportTrade> = {}): ReportTrade {
  const trade = { ...plainTrade, ...changes };
  return { ...trade, exitTime: changes.exitTime ?? trade.entryTime + trade.barsHeld * barMs };
}
