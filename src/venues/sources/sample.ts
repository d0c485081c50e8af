import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { AppError } from '../../core/errors.ts';
import type { Month } from '../../core/time.ts';
import { fundingCsv, klinesCsv } from '../sample/files.ts';
import { sampleEnd, sampleStart } from '../sample/instruments.ts';
import { createSampleMarket } from '../sample/market.ts';
import type { SampleMarket } from '../sample/market.ts';
import { archiveEntryName, archiveFileName, archivePath, checkSymbol, defineSource } from '../source.ts';
import type { ArchiveRequest, ArchiveResult, SourceOptions } from '../source.ts';

const defaultSeed = 1;
/** Nearly twice the speed of fflate's default level for files 3 % larger. */
const compressionLevel = 1;

/** The market simulated last; stages of one process share it. Purely a cache: content depends on the seed alone. */
let cached: { readonly seed: number; readonly market: SampleMarket } | null = null;

/** The built-in simulated market: any symbol, 2023-01-01 to 2025-12-31, in the real archive's format, no network. */
export default defineSource({
  id: 'sample',
  summary: 'Built-in simulated market in archive format: deterministic, offline, with planted defects',
  venue: 'sample',
  venueOf: (seed) => (seed === defaultSeed ? 'sample' : `sample_seed${seed}`),
  earliest: sampleStart,
  isOffline: true,
  open(options) {
    const seed = options.seed ?? defaultSeed;
    return {
      origin: `sample:seed=${seed}`,
      hasDailyFiles: false,
      fetchArchive: (request) => fetchArchive(seed, request, options),
      close: () => Promise.resolve(),
      describe: () =>
        `simulated sample market, seed ${seed}, ${new Date(sampleStart).toISOString().slice(0, 10)} to ${new Date(sampleEnd - 1).toISOString().slice(0, 10)}`,
    };
  },
});

/** Months only: the simulated market has no daily files. */
async function fetchArchive(seed: number, request: ArchiveRequest, options: SourceOptions): Promise<ArchiveResult> {
  checkSymbol(request.symbol);
  if (options.signal?.aborted) throw new AppError('E_INTERRUPTED', {}, { cause: options.signal.reason });
  const url = `sample:seed=${seed}/${archivePath(request)}`;
  const { period } = request;
  const csv = period.kind === 'month' ? simulateCsv(seed, request, period.month) : null;
  if (csv === null || period.kind !== 'month') return { status: 'absent', url, headers: {} };
  const fileName = archiveFileName(request);
  const bytes = zipOne(archiveEntryName(fileName), csv, period.month);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { status: 'ok', url, fileName, bytes, sha256, checksumText: `${sha256}  ${fileName}\n`, headers: {} };
}

function simulateCsv(seed: number, { dataset, symbol }: ArchiveRequest, month: Month): Uint8Array | null {
  if (cached?.seed !== seed) cached = { seed, market: createSampleMarket(seed) };
  const { market } = cached;
  if (dataset === 'funding') {
    const premium = market.premium(symbol, month);
    return premium && fundingCsv(seed, market.instrument(symbol), month, premium);
  }
  const simulated = market.month(symbol, month);
  return simulated && klinesCsv(market.instrument(symbol), month, simulated.path);
}

/** A zip of one entry, dated noon of the day after the month: fflate writes local time, so noon avoids every clock change. */
function zipOne(name: string, content: Uint8Array, month: Month): Buffer {
  const isDecember = month.month === 12;
  const mtime = new Date(isDecember ? month.year + 1 : month.year, isDecember ? 0 : month.month, 1, 12);
  const zipped = zipSync({ [name]: content }, { level: compressionLevel, mtime });
  return Buffer.from(zipped.buffer, zipped.byteOffset, zipped.byteLength);
}
