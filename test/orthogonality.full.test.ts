import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barMs, dayMs } from '../src/core/time.ts';
import { openDuckDb } from '../src/lake/duckdb.ts';
import { lakePaths } from '../src/lake/paths.ts';
import { readParquet } from '../src/lake/readParquet.ts';
import { columnsOf } from '../src/stages/lib/artifacts.ts';
import { dailyReturnsByTime } from '../src/stats/dailyReturns.ts';
import { neumaierSum, sumOver } from '../src/stats/sums.ts';
import { readJson } from './support/compare.ts';
import { removeFolders, runInProcess, temporaryFolder } from './support/pipeline.ts';
import { type ArchiveServer, noteMissing, projectRoot, serveArchive } from './support/shared.ts';

/**
 * trend_28d_v1 beside the compression strategies on six years of real bars. The tables of docs/strategies.md are the rows
 * that this run prints.
 */
const subject = 'trend_28d_v1';
const others = ['vol_compression_v1', 'vol_compression_momentum_v1', 'vol_compression_reversion_v1'];
const strategies = [...others, subject];
const symbols = ['BTCUSDT', 'ETHUSDT'];
const years = [2020, 2021, 2022, 2023, 2024, 2025];
const z975 = 1.959963984540054;

const archive: ArchiveServer | null = await serveArchive();
if (archive === null) noteMissing('the measurement of the strategies on six years');

/** One strategy on one symbol. */
interface Line {
  /** [bars] */
  readonly time: Float64Array;
  readonly position: Float64Array;
  readonly pnl: Float64Array;
  /** [days] compounded net return, and 1 where a position was held on any bar of the day. */
  readonly daily: Float64Array;
  readonly isInMarket: Uint8Array;
}

interface Correlation {
  readonly days: number;
  readonly r: number;
  readonly standardError: number;
}

const fixed = (value: number, digits: number) => value.toFixed(digits).replace(/^-(?=0\.?0*$)/, '');
const percent = (fraction: number) => `${fixed(100 * fraction, 1)} %`;
const rowOf = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

describe.runIf(archive !== null)('the built-in strategies on real bars, 2020-2025', () => {
  const dataRoot = temporaryFolder();
  const lines = new Map<string, Line>();
  let metrics: Record<string, Record<string, number>>;

  beforeAll(async () => {
    const request = { symbols, start: '2020-01-01', end: '2025-12-31', strategies };
    const { runId, manifests } = await runInProcess(request, { dataRoot, archiveUrl: archive!.url });
    metrics = readJson<{ strategies: typeof metrics }>(lakePaths(dataRoot).metrics(runId)).strategies;
    const outputs = manifests.find(({ stage }) => stage === 'backtest')!.outputs;
    const db = await openDuckDb({ allowedFolders: [dataRoot] });
    for (const id of strategies) {
      const { path } = outputs.find((output) => output.path.endsWith(`strategy_returns_${id}.parquet`))!;
      const { rows, numbers, texts } = await readParquet(db, [join(dataRoot, path)], columnsOf('timestamp:timestamp symbol:text pos pnl'));
      for (const symbol of symbols) {
        const own = Array.from({ length: rows }, (_, row) => row).filter((row) => texts['symbol']![row] === symbol);
        const pick = (name: string) => Float64Array.from(own, (row) => numbers[name]![row]!);
        lines.set(`${id} ${symbol}`, lineOf(pick('timestamp'), pick('pos'), pick('pnl')));
      }
    }
    await db.close();
  }, 120_000);

  afterAll(async () => {
    await archive!.close();
    removeFolders();
  });

  const line = (id: string, symbol: string) => lines.get(`${id} ${symbol}`)!;
  const pairs = symbols.flatMap((symbol) => others.map((other) => [symbol, other] as const));
  const onEither = (symbol: string, other: string) => correlate(line(subject, symbol), line(other, symbol), (a, b) => a || b);
  const onBoth = (symbol: string, other: string) => correlate(line(subject, symbol), line(other, symbol), (a, b) => a && b);
  const sharedBars = (symbol: string, other: string) => {
    const theirs = line(other, symbol).position;
    return line(subject, symbol).position.filter((position, row) => position !== 0 && theirs[row] !== 0).length;
  };

  it.each(pairs)('%s: daily net returns beside %s correlate by less than 0.2, and so does the end of the interval', (symbol, other) => {
    const { r, standardError } = onEither(symbol, other);
    expect(Math.abs(r) + z975 * standardError).toBeLessThan(0.2);
  });

  it.each(symbols)('%s: the trend is in the market on more than 1,000 days', (symbol) => {
    expect(neumaierSum(line(subject, symbol).isInMarket)).toBeGreaterThan(1_000);
  });

  it.each(symbols)('%s: the trend never holds a position while the breakout or its follower does', (symbol) => {
    expect([sharedBars(symbol, others[0]!), sharedBars(symbol, others[1]!)]).toEqual([0, 0]);
  });

  it('docs/strategies.md has these numbers', () => {
    const results = strategies.map((id) => {
      const m = metrics[id]!;
      const money = ['gross_return', 'cost_return', 'funding_return', 'net_total_return', 'net_return_one_bar_late', 'max_drawdown'];
      const sharpe = ['annualized', 'low', 'high'].map((key) => fixed(m[`sharpe_daily_${key}`]!, 2));
      return [
        `\`${id}\``,
        m['total_trades']!,
        ...['time_in_market', ...money].map((key) => percent(m[key]!)),
        `${sharpe[0]} (${sharpe[1]}, ${sharpe[2]})`,
      ];
    });
    const byYear = strategies.map((id) => [
      `\`${id}\``,
      ...years.map((year) => percent(neumaierSum(symbols.map((symbol) => netOf(line(id, symbol), year))))),
    ]);
    const correlations = pairs.map(([symbol, other]) => {
      const [either, both] = [onEither(symbol, other), onBoth(symbol, other)];
      const cells = [either, both].flatMap(({ days, r, standardError }) => [days, fixed(r, 3), fixed(standardError, 3)]);
      return [symbol, `\`${other}\``, ...cells, sharedBars(symbol, other)];
    });
    const document = readFileSync(join(projectRoot, 'docs/strategies.md'), 'utf8');
    const rows = [...results, ...byYear, ...correlations].map(rowOf);
    process.stderr.write(`${rows.join('\n')}\n`);
    expect(rows.filter((row) => !document.includes(row))).toEqual([]);
  });
});

function lineOf(time: Float64Array, position: Float64Array, pnl: Float64Array): Line {
  const { days, returns } = dailyReturnsByTime(pnl, time, barMs);
  const indexOf = new Map(Array.from(days, (day, index) => [day, index]));
  const isInMarket = new Uint8Array(days.length);
  position.forEach((now, row) => {
    const day = indexOf.get(Math.floor(time[row]! / dayMs) * dayMs);
    if (day !== undefined && (now !== 0 || (row > 0 && position[row - 1] !== 0))) isInMarket[day] = 1;
  });
  return { time, position, pnl, daily: returns, isInMarket };
}

/** Additive net return of the bars that open in a UTC year. */
function netOf({ time, pnl }: Line, year: number): number {
  return neumaierSum(pnl.filter((_, row) => new Date(time[row]!).getUTCFullYear() === year));
}

/**
 * Pearson correlation of daily net returns over the days that `isWanted` chooses by who is in the market. The standard error
 * is that of the correlation's influence function, `zx zy - r (zx^2 + zy^2) / 2`, and so allows for fat tails.
 */
function correlate(a: Line, b: Line, isWanted: (a: boolean, b: boolean) => boolean): Correlation {
  const days = [...a.daily.keys()].filter((day) => isWanted(a.isInMarket[day] === 1, b.isInMarket[day] === 1));
  const n = days.length;
  const standardized = ({ daily }: Line) => {
    const mean = sumOver(n, (k) => daily[days[k]!]!) / n;
    const deviation = Math.sqrt(sumOver(n, (k) => (daily[days[k]!]! - mean) ** 2) / n);
    return days.map((day) => (daily[day]! - mean) / deviation);
  };
  const [x, y] = [standardized(a), standardized(b)];
  const r = sumOver(n, (k) => x[k]! * y[k]!) / n;
  const influence = (k: number) => x[k]! * y[k]! - (r * (x[k]! ** 2 + y[k]! ** 2)) / 2;
  return { days: n, r, standardError: Math.sqrt(sumOver(n, (k) => influence(k) ** 2)) / n };
}
