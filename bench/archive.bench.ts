import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effects } from '../src/core/effects.ts';
import { barMs, monthOf } from '../src/core/time.ts';
import { parseKlines } from '../src/venues/binance/klines.ts';
import { archiveEntryName } from '../src/venues/layouts.ts';
import sample from '../src/venues/sources/sample.ts';
import { readSingleEntry } from '../src/venues/zip.ts';
import { assertSameColumn, runBench } from './harness.ts';
import type { Comparison } from './harness.ts';
import { barFields, naiveCsvReader, naiveSplit } from './naive/archive.ts';

/** A month of 31 days without planted defects: 2,976 rows. */
const month = monthOf(Date.UTC(2023, 6, 1));

/**
 * I3: read, inflate, CRC and parse one monthly archive. The budget of 8x is against fflate and csv-parse. Against
 * splitting strings, which checks nothing, inflating alone leaves no room for it: that ratio has a bound of its own.
 */
function comparison(id: string, what: string, atLeast: number, naiveOf: () => Promise<typeof naiveSplit | null>): Comparison {
  return {
    id,
    what,
    unit: 'bar',
    budget: { atLeast },
    isolated: true,
    prepare: async () => {
      const naive = await naiveOf();
      if (naive === null) return 'csv-parse is not installed, which only development needs';
      const archive = await sample
        .open({ effects: {} as Effects })
        .fetchArchive({ dataset: 'ohlcv_15m', symbol: 'BTCUSDT', period: { kind: 'month', month } });
      if (archive.status !== 'ok') throw new Error('the sample source has no such month');
      const folder = mkdtempSync(join(tmpdir(), 'bench-archive-'));
      process.on('exit', () => rmSync(folder, { recursive: true }));
      const path = join(folder, archive.fileName);
      writeFileSync(path, archive.bytes);
      const fast = () => {
        const csv = readSingleEntry(readFileSync(path), { expectedName: archiveEntryName(archive.fileName), maxBytes: 2 ** 24 });
        return parseKlines(csv, { file: archive.fileName, symbol: 'BTCUSDT', intervalMs: barMs, from: month.start, to: month.end });
      };
      const units = fast().rows;
      return {
        subject: { name: 'zlib + byte parser', units, run: () => void fast() },
        baseline: { name: 'naive', units, run: () => void naive(readFileSync(path)) },
        prove: () => {
          const [got, wanted] = [fast(), naive(readFileSync(path))];
          for (const field of barFields) assertSameColumn(got[field], wanted[field]);
        },
      };
    },
  };
}

await runBench([
  comparison('I3', 'monthly archive, against fflate and csv-parse', 8, naiveCsvReader),
  comparison('I3 split', 'monthly archive, against split and Number', 3.5, () => Promise.resolve(naiveSplit)),
]);
