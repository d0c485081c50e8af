import { expect, it } from 'vitest';
import { isAppError } from '../../src/core/errors.ts';
import { namedStream } from '../../src/core/random.ts';
import { dayMs } from '../../src/core/time.ts';
import { QuoteSeconds } from '../../src/market/quoteSeconds.ts';
import { TradeSeconds } from '../../src/market/tradeSeconds.ts';
import { parseLiquidations } from '../../src/venues/binance/liquidations.ts';
import { parseMetrics } from '../../src/venues/binance/metrics.ts';
import { readQuotes, readTrades } from '../../src/venues/binance/ticks.ts';
import type { ArchiveDataset } from '../../src/venues/layouts.ts';
import { sampleArchive } from '../../src/venues/sample/archive.ts';
import { noDefects } from '../../src/venues/sample/defects.ts';
import { mutate } from '../support/mutate.ts';

/** Damaged files of the datasets beyond bars and funding: refused with a line, or read as rows that may be. */
const day = Date.UTC(2024, 1, 5);
const file = { file: 'fuzz.csv', symbol: 'BTCUSDT', from: day, to: day + dayMs };
/** An hour is enough for ticks, whose grid has a row for every second. */
const hour = { ...file, to: day + 3_600_000 };
const tokens =
  '\r\n¦\n\n¦,,¦""¦"¦\uFEFF¦1e999¦NaN¦-1¦-0¦+1¦ ¦;¦true¦FALSE¦BUY¦9007199254740993¦1707091200000¦1707091200000000¦2024-02-05 00:00:00¦2024-02-30 00:00:00'.split(
    '¦',
  );

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97);
}

/** Times and values of the rows that a reader makes of a file. */
const readers: readonly [ArchiveDataset, (bytes: Buffer) => Promise<{ times: Float64Array; values: readonly Float64Array[] }>][] = [
  [
    'metrics',
    async (bytes) => {
      const rows = parseMetrics(bytes, file);
      return { times: rows.time, values: [rows.openInterest, rows.accountRatio, rows.takerRatio] };
    },
  ],
  [
    'liquidations',
    async (bytes) => {
      const rows = parseLiquidations(bytes, file);
      return { times: rows.time, values: [rows.quantity, rows.filledQuantity, rows.price] };
    },
  ],
  [
    'trades_1s',
    async (bytes) => {
      const seconds = new TradeSeconds(hour);
      await readTrades(pieces(bytes), hour, seconds);
      const rows = seconds.finish();
      return { times: rows.time, values: [rows.price, rows.volume, rows.buyVolume, rows.signEntropy] };
    },
  ],
  [
    'quotes_1s',
    async (bytes) => {
      const seconds = new QuoteSeconds(hour);
      await readQuotes(pieces(bytes), hour, seconds);
      const rows = seconds.finish();
      return { times: rows.time, values: [rows.bid, rows.bidSize, rows.ask, rows.askSize] };
    },
  ],
];

it.each(readers)('%s: 300 mutated files are refused by line or give rows of the day with values that can be', async (dataset, read) => {
  const csv = Buffer.from(sampleArchive(1, { dataset, symbol: 'BTCUSDT', period: { kind: 'day', day } }, noDefects)!.csv);
  const sound = csv.subarray(0, csv.indexOf('\n', 2_000) + 1);
  const stream = namedStream(`seed=1/test/fuzz/extra/${dataset}`);
  const broken: string[] = [];
  let accepted = 0;
  for (let n = 0; n < 300; n++) {
    const bytes = mutate(sound, stream, { isText: true, tokens });
    try {
      const { times, values } = await read(bytes);
      accepted++;
      const isOrdered = times.every((time, i) => time >= file.from && time < file.to && (i === 0 || time >= times[i - 1]!));
      const isSound = values.every((column) => column.length === times.length && column.every((value) => !(value < 0) && value !== Infinity));
      if (!isOrdered || !isSound) broken.push(`accepted: ${bytes.toString('latin1').slice(0, 300)}`);
    } catch (error) {
      if (!isAppError(error) || !['E_CSV', 'E_DATA_CONFLICT'].includes(error.code))
        broken.push(`${String(error)}: ${bytes.toString('latin1').slice(0, 300)}`);
    }
  }
  expect(broken).toEqual([]);
  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBeLessThan(300);
});
