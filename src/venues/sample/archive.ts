import { zipSync } from 'fflate';
import { dayMs, type Month, monthOf } from '../../core/time.ts';
import { archiveEntryName, archiveFileName, archivePath, layoutOf, periodRange } from '../layouts.ts';
import type { SampleDataset, SampleRequest } from './datasets.ts';
import { fileDefects, plantedDefects } from './defects.ts';
import type { PlantedDefect } from './defects.ts';
import { liquidationsFile, metricsFile, quotesFile, tradesFile } from './eventFiles.ts';
import { type BarsDataset, barsFile, fundingFile } from './files.ts';
import { createSampleMarket } from './market.ts';
import type { SampleMarket } from './market.ts';
import { liquidationsOfDay, positioningOfDay } from './positioning.ts';
import { sliceSeries } from './series.ts';
import type { BarSeries } from './series.ts';
import { quotesOfDay, tradesOfDay } from './ticks.ts';

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
 *          without a single row, and by day or by month what exists by the other alone (see layouts.ts)
 */
export function sampleArchive(seed: number, request: SampleRequest, defects: readonly PlantedDefect[] = plantedDefects): SampleArchive | null {
  const csv = fileBytes(seed, request, defects);
  if (csv === null || (request.dataset !== 'liquidations' && isHeaderOnly(csv))) return null;
  const fileName = archiveFileName(request);
  return { fileName, entryName: archiveEntryName(fileName), path: archivePath(request), csv, end: periodRange(request.period).to };
}

const newline = 10;

/** Of liquidations a file without rows says that there were none; any other is not published. */
function isHeaderOnly(csv: Uint8Array): boolean {
  return csv.length < headerOnly && !csv.includes(newline, csv.indexOf(newline) + 1);
}

/** The zip archive of a file, dated noon of its period's next day: fflate writes local time, so noon avoids every clock change. */
export function zipSampleArchive({ entryName, csv, end }: SampleArchive): Buffer {
  const date = new Date(end);
  const mtime = new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), 12);
  const zipped = zipSync({ [entryName]: csv }, { level: compressionLevel, mtime });
  return Buffer.from(zipped.buffer, zipped.byteOffset, zipped.byteLength);
}

function fileBytes(seed: number, request: SampleRequest, defects: readonly PlantedDefect[]): Uint8Array | null {
  const { dataset, symbol, period } = request;
  const { files } = layoutOf(dataset);
  if ((files === 'monthly' && period.kind === 'day') || (files === 'daily' && period.kind === 'month')) return null;
  // What is wrong with monthly files alone is wrong with daily ones where there are no others.
  const kindAt = fileDefects(defects, { dataset, symbol, isMonthly: period.kind === 'month' || files === 'daily' });
  const parts = { request, defects, kindAt, month: period.kind === 'month' ? period.month : monthOf(period.day) };
  if (dataset === 'funding') return fundingBytes(seed, parts);
  if (files === 'daily' && period.kind === 'day' && kindAt(period.day) === 'missing_day') return null;
  return period.kind === 'day' && files === 'daily' ? dayBytes(seed, parts, period.day) : barBytes(seed, parts);
}

interface FileParts {
  readonly request: SampleRequest;
  readonly defects: readonly PlantedDefect[];
  readonly kindAt: ReturnType<typeof fileDefects>;
  /** The month that the file lies in. */
  readonly month: Month;
}

function fundingBytes(seed: number, { request: { symbol }, month, kindAt }: FileParts): Uint8Array | null {
  const market = sampleMarket(seed);
  const premium = market.premium(symbol, month);
  return premium && fundingFile(seed, market.instrument(symbol), { month, premium, kindAt });
}

function barBytes(seed: number, { request: { dataset, symbol, period }, defects, kindAt, month }: FileParts): Uint8Array | null {
  const market = sampleMarket(seed);
  const readers: Partial<Record<SampleDataset, SampleMarket['bars']>> = {
    ohlcv_15m: market.bars,
    ohlcv_1m: market.minutes,
    mark_15m: market.mark,
    spot_15m: market.spot,
    premium_15m: market.premiumIndex,
  };
  const whole: BarSeries | null = readers[dataset]!(symbol, month, defects);
  if (whole === null) return null;
  const series = period.kind === 'month' ? whole : sliceSeries(whole, period.day, period.day + dayMs);
  return barsFile(market.instrument(symbol), series, { dataset: dataset as BarsDataset, kindAt });
}

function dayBytes(seed: number, { request: { dataset, symbol }, defects, kindAt, month }: FileParts, day: number): Uint8Array | null {
  const market = sampleMarket(seed);
  const instrument = market.instrument(symbol);
  if (dataset === 'metrics') {
    const basis = market.basis(symbol, month, defects);
    return basis && metricsFile(instrument, positioningOfDay(seed, basis, day), kindAt);
  }
  const minutes = market.minutes(symbol, month, defects);
  if (minutes === null || sliceSeries(minutes, day, day + dayMs).isAbsent.every((absent) => absent === 1)) return null;
  if (dataset === 'liquidations') return liquidationsFile(instrument, liquidationsOfDay(seed, { instrument, minutes }, day), kindAt);
  if (dataset === 'trades_1s') return tradesFile(instrument, tradesOfDay(seed, { instrument, minutes }, day), kindAt);
  return quotesFile(instrument, quotesOfDay(seed, { instrument, minutes }, day), kindAt);
}
