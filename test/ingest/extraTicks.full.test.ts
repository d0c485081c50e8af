import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { dayMs } from '../../src/core/time.ts';
import { QuoteSeconds } from '../../src/market/quoteSeconds.ts';
import { readQuotes } from '../../src/venues/binance/ticks.ts';
import { layoutOf } from '../../src/venues/layouts.ts';
import { readEntryChunks } from '../../src/venues/zip.ts';

/** A day of quotes of the size that the exchange publishes: unpacked it must never be in memory as a whole. */
const day = Date.UTC(2024, 0, 15);
const rowsWanted = 5_000_000;
const mebibyte = 2 ** 20;

function dayOfQuotes(): { zip: Buffer; bytes: number } {
  const parts: Buffer[] = [Buffer.from('update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time\n')];
  const step = dayMs / rowsWanted;
  for (let from = 0; from < rowsWanted; from += 100_000) {
    const lines: string[] = [];
    for (let i = from; i < from + 100_000; i++) {
      const time = day + Math.floor(i * step);
      const bid = 42_000 + (i % 1_000) / 10;
      lines.push(`${3_831_603_310_013 + i},${bid.toFixed(8)},6.00900000,${(bid + 0.1).toFixed(8)},44.75700000,${time},${time + 5}\n`);
    }
    parts.push(Buffer.from(lines.join('')));
  }
  const csv = Buffer.concat(parts);
  return {
    zip: Buffer.from(zipSync({ 'AAAUSDT-bookTicker-2024-01-15.csv': csv }, { level: 1, mtime: new Date(2024, 0, 16, 12) })),
    bytes: csv.length,
  };
}

it('reads five million quotes with the memory of the seconds, not of the file', async () => {
  const { zip, bytes } = dayOfQuotes();
  expect(bytes).toBeGreaterThan(400 * mebibyte);
  const range = { from: day, to: day + dayMs };
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const before = process.memoryUsage();
  let most = 0;
  async function* watched(): AsyncGenerator<Buffer> {
    let pieces = 0;
    for await (const piece of readEntryChunks(zip, {
      expectedName: 'AAAUSDT-bookTicker-2024-01-15.csv',
      maxBytes: layoutOf('quotes_1s').limits.entry,
    })) {
      if (pieces++ % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before.arrayBuffers);
      yield piece;
    }
  }
  const seconds = new QuoteSeconds(range);
  const started = process.cpuUsage();
  const rows = await readQuotes(watched(), { file: 'x', symbol: 'AAAUSDT', ...range }, seconds);
  const { user, system } = process.cpuUsage(started);
  process.stderr.write(
    `quotes: ${rows} rows of ${(bytes / mebibyte).toFixed(0)} MiB, at most ${(most / mebibyte).toFixed(0)} MiB more, ${((user + system) / rows).toFixed(2)} us per row\n`,
  );
  expect(rows).toBe(rowsWanted);
  expect(seconds.finish().bid.every((bid) => bid > 0)).toBe(true);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(bytes / 4);
});
