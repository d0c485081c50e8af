import { zipSync } from 'fflate';
import { dayMs, monthOf } from '../../core/time.ts';
import { sampleFileName, samplePath } from './datasets.ts';
import type { SampleRequest } from './datasets.ts';
import { fileDefects, plantedDefects } from './defects.ts';
import type { PlantedDefect } from './defects.ts';
import { barsFile, fundingFile } from './files.ts';
import { createSampleMarket } from './market.ts';
import type { SampleMarket } from './market.ts';
import { sliceSeries } from './series.ts';
import type { BarSeries } from './series.ts';

/** One file of the simulated archive before it is packed. */
export interface SampleArchive {
  /** As the exchange spells it, `.zip` included. */
  readonly fileName: string;
  /** Name of the one entry inside the zip. */
  readonly entryName: string;
  /** Path below the base address, without leading slash. */
  readonly path: string;
  readonly csv: Uint8Array;
  /** First instant after the file's period, epoch ms. */
  readonly end: number;
}

/** Nearly twice the speed of fflate's default level for files 3 % larger. */
const compressionLevel = 1;
const headerOnly = 200;

/** The market simulated last; stages of one process share it. Purely a cache: content depends on the seed alone. */
let cached: SampleMarket | null = null;

/** The market of a seed; the same object while one seed is asked for. */
export function sampleMarket(seed: number): SampleMarket {
  if (cached?.seed !== seed) cached = createSampleMarket(seed);
  return cached;
}

/**
 * One monthly or daily file of the simulated archive. Its bytes depend on seed, request and defects only.
 *
 * @param request dataset, symbol (any 2 to 24 capital letters and digits) and period
 * @param defects what to plant; `noDefects` for a market in which nothing is wrong. Default: the documented list.
 * @returns null where the archive has no such file: outside the history, before a listing, after a contract's last row, a period
 *          without a single row, and funding by day (archives of funding exist by month only)
 */
export function sampleArchive(seed: number, request: SampleRequest, defects: readonly PlantedDefect[] = plantedDefects): SampleArchive | null {
  const csv = request.dataset === 'funding' ? fundingBytes(seed, request, defects) : barBytes(seed, request, defects);
  if (csv === null || (csv.length < headerOnly && !csv.includes(newline, csv.indexOf(newline) + 1))) return null;
  const fileName = sampleFileName(request);
  const { period } = request;
  const end = period.kind === 'month' ? period.month.end : period.day + dayMs;
  return { fileName, entryName: fileName.replace(/\.zip$/, '.csv'), path: samplePath(request), csv, end };
}

const newline = 10;

/** The zip archive of a file, dated noon of its period's next day: fflate writes local time, so noon avoids every clock change. */
export function zipSampleArchive({ entryName, csv, end }: SampleArchive): Buffer {
  const date = new Date(end);
  const mtime = new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), 12);
  const zipped = zipSync({ [entryName]: csv }, { level: compressionLevel, mtime });
  return Buffer.from(zipped.buffer, zipped.byteOffset, zipped.byteLength);
}

function fundingBytes(seed: number, { symbol, period }: SampleRequest, defects: readonly PlantedDefect[]): Uint8Array | null {
  if (period.kind === 'day') return null;
  const market = sampleMarket(seed);
  const premium = market.premium(symbol, period.month);
  const kindAt = fileDefects(defects, { dataset: 'funding', symbol, isMonthly: true });
  return premium && fundingFile(seed, market.instrument(symbol), period.month, premium, kindAt);
}

function barBytes(seed: number, { dataset, symbol, period }: SampleRequest, defects: readonly PlantedDefect[]): Uint8Array | null {
  if (dataset === 'funding') return null;
  const market = sampleMarket(seed);
  const month = period.kind === 'month' ? period.month : monthOf(period.day);
  const read = { ohlcv_15m: market.bars, ohlcv_1m: market.minutes, mark_15m: market.mark }[dataset];
  const whole: BarSeries | null = read(symbol, month, defects);
  if (whole === null) return null;
  const series = period.kind === 'month' ? whole : sliceSeries(whole, period.day, period.day + dayMs);
  const kindAt = fileDefects(defects, { dataset, symbol, isMonthly: period.kind === 'month' });
  return barsFile(market.instrument(symbol), series, dataset, kindAt);
}
