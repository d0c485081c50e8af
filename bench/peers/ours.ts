// Our side of bench/peers: answers `prove ID` and `time ID` on stdin with one line of JSON each.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Table } from '../../src/core/table.ts';
import { barMs } from '../../src/core/time.ts';
import { defineStrategy } from '../../src/core/intent.ts';
import { number } from '../../src/core/params.ts';
import { standardProfile } from '../../src/core/profile.ts';
import { bookMetrics } from '../../src/engine/bookMetrics.ts';
import { sumBook } from '../../src/engine/book.ts';
import { compileBracket } from '../../src/engine/compileBracket.ts';
import type { Frame } from '../../src/engine/frame.ts';
import { referenceMetrics } from '../../src/engine/referenceMetrics.ts';
import { closeReturns } from '../../src/engine/screen/closeReturns.ts';
import { accountMoney } from '../../src/engine/screen/money.ts';
import { resolveBracket } from '../../src/engine/screen/resolveBracket.ts';
import { screen } from '../../src/engine/screen/screen.ts';
import { extractTrades, type Trade } from '../../src/engine/trades.ts';
import { rollingMax } from '../../src/stats/rolling/rollingMax.ts';
import { rollingMedian } from '../../src/stats/rolling/rollingMedian.ts';
import { rollingMin } from '../../src/stats/rolling/rollingMin.ts';
import { rollingRank } from '../../src/stats/rolling/rollingRank.ts';
import { rollingStd } from '../../src/stats/rolling/rollingStd.ts';
import { parseKlines } from '../../src/venues/binance/klines.ts';
import { archiveEntryName } from '../../src/venues/layouts.ts';
import { readSingleEntry } from '../../src/venues/zip.ts';

/** The same in peers.py: buys a close above the last day's range in calm markets, leaves below it. */
const channel = defineStrategy({
  id: 'channel',
  summary: 'Buys closes above the last day’s high while volatility is low, and leaves below its low.',
  params: { rank_max: number(50, { min: 0, max: 100, help: 'Highest volatility rank at which an entry is possible.' }) },
  intent: ({ column, param }) => ({
    kind: 'bracket',
    entry: {
      long: column('rv_pct_2880')
        .le(param.rank_max)
        .and(column('close').gt(column('high_96').lag(1))),
    },
    exitWhen: [{ reason: 'below', long: column('close').lt(column('low_96').lag(1)) }],
  }),
});
const thresholds = Array.from({ length: 20 }, (_, index) => 5 * (index + 1));
const options = { costFraction: 6 / 10_000, profile: standardProfile };

interface Setup {
  /** Flat file of doubles, column after column. */
  readonly bars: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly archive: { readonly path: string; readonly fileName: string; readonly symbol: string; readonly from: number; readonly to: number };
  readonly results: string;
}

const setup = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Setup;
const { rows } = setup;
const columns = loadColumns();
const frame: Frame = {
  symbol: 'PEER',
  rows,
  openTime: columns['timestamp']!,
  columns,
  isGap: new Uint8Array(rows),
  fundingRate: new Float64Array(rows),
};
const out = new Float64Array(rows);
const kernel = (name: string, window: number, compute: (values: Float64Array, window: number, out: Float64Array) => void) => ({
  units: rows,
  run: () => compute(columns[name]!, window, out),
  result: () => out,
});
let archive: Table | ReturnType<typeof readArchive>;
let trades: readonly Trade[] = [];

const tasks: Record<string, { units: number; run: () => void; result: () => Float64Array }> = {
  F1: kernel('rv_96', 2880, rollingRank),
  F2: kernel('range_96', 480, rollingMedian),
  'F3-std': kernel('logret_1', 96, rollingStd),
  'F3-max': kernel('high', 96, rollingMax),
  'F3-min': kernel('low', 96, rollingMin),
  I3: {
    units: readArchive().rows,
    run: () => void (archive = readArchive()),
    result: () => archiveColumns(archive as ReturnType<typeof readArchive>),
  },
  'S9-vectorbt': { units: rows, run: () => void (trades = backtest(50)), result: () => closedTrades(trades, true) },
  'S9-sets': {
    units: rows * thresholds.length,
    run: () => void (trades = thresholds.flatMap((threshold) => backtest(threshold))),
    result: () => closedTrades(trades, true),
  },
  'S9-backtesting': { units: rows, run: () => void (trades = wholeBacktest()), result: () => closedTrades(trades, false) },
};

const warm = new Set<string>();

createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, id] = line.split(' ') as ['prove' | 'time', string];
  const task = tasks[id]!;
  if (order === 'prove') {
    task.run();
    const path = join(setup.results, `${id}.ours`);
    writeFileSync(path, new Uint8Array(task.result().slice().buffer));
    console.log(JSON.stringify({ path }));
    return;
  }
  console.log(JSON.stringify(timed(id)));
});

/** ns per unit of as many calls as last 100 ms; the first time after a second of warming up. */
function timed(id: string): { cpuNs: number } {
  if (!warm.has(id)) cpuPerUnit(tasks[id]!, 1_000_000);
  warm.add(id);
  return { cpuNs: cpuPerUnit(tasks[id]!, 100_000) };
}

function cpuPerUnit({ units, run }: { units: number; run: () => void }, atLeastMicros: number): number {
  const before = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    run();
    const { user, system } = process.cpuUsage(before);
    if (user + system >= atLeastMicros) return ((user + system) * 1000) / calls / units;
  }
}

function loadColumns(): Record<string, Float64Array> {
  const { buffer, byteOffset } = readFileSync(setup.bars);
  return Object.fromEntries(
    setup.columns.map((name, index) => [name, new Float64Array(buffer.slice(byteOffset + index * rows * 8, byteOffset + (index + 1) * rows * 8))]),
  );
}

/** Positions, trades, pnl column, return, bar Sharpe ratio and drawdown: what the vectorbt side computes. */
function backtest(rankMax: number): readonly Trade[] {
  const positions = resolveBracket(compileBracket(channel, { rank_max: rankMax }, frame), frame);
  const money = accountMoney(positions, closeReturns(frame, standardProfile.gapReturn), frame.fundingRate, options);
  const found = extractTrades(frame, positions, money, { strategy: channel.id, profile: standardProfile });
  referenceMetrics(found, money.pnl, 1_000_000);
  return found;
}

/** Everything that a run makes of one strategy on one symbol, files aside; backtesting.py also gives all its statistics. */
function wholeBacktest(): readonly Trade[] {
  const line = screen.simulate(frame, channel, { rank_max: 50 }, options);
  bookMetrics(line.trades, sumBook([{ line, openTime: frame.openTime }]), 1_000_000);
  return line.trades;
}

/** Closed trades, four numbers each: entry bar, exit bar (left out where a peer counts bars otherwise), entry price, exit price. */
function closedTrades(all: readonly Trade[], hasBars: boolean): Float64Array {
  const start = columns['timestamp']![0]!;
  const bar = (time: number) => Math.round((time - start) / barMs);
  const closed = all.filter((trade) => !trade.isOpen);
  return Float64Array.from(
    closed.flatMap(({ entryTime, exitTime, entryPrice, exitPrice }) => [...(hasBars ? [bar(entryTime), bar(exitTime)] : []), entryPrice, exitPrice]),
  );
}

function readArchive() {
  const { path, fileName, symbol, from, to } = setup.archive;
  const csv = readSingleEntry(readFileSync(path), { expectedName: archiveEntryName(fileName), maxBytes: 2 ** 24 });
  return parseKlines(csv, { file: fileName, symbol, intervalMs: barMs, from, to });
}

function archiveColumns(found: ReturnType<typeof readArchive>): Float64Array {
  const names = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
  const all = new Float64Array(names.length * found.rows);
  names.forEach((name, index) => all.set(found[name].subarray(0, found.rows), index * found.rows));
  return all;
}
