import { sha256 } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import { formatDay } from '../../core/time.ts';
import { sampleArchive, zipSampleArchive } from '../sample/archive.ts';
import { sampleEnd, sampleStart } from '../sample/instruments.ts';
import { checkSymbol } from '../../core/symbol.ts';
import { archivePath } from '../layouts.ts';
import type { ArchiveRequest } from '../layouts.ts';
import { defineSource } from '../source.ts';
import type { ArchiveResult, SourceOptions } from '../source.ts';

const defaultSeed = 1;

/** The built-in simulated market: any symbol, 2019-09-01 to 2030-12-31, in the real archive's format, no network. */
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
      hasDailyFiles: true,
      fetchArchive: (request) => fetchArchive(seed, request, options),
      close: () => Promise.resolve(),
      describe: () => `simulated sample market, seed ${seed}, ${formatDay(sampleStart)} to ${formatDay(sampleEnd - 1)}`,
    };
  },
});

async function fetchArchive(seed: number, request: ArchiveRequest, options: SourceOptions): Promise<ArchiveResult> {
  checkSymbol(request.symbol);
  if (options.signal?.aborted) throw new AppError('E_INTERRUPTED', {}, { cause: options.signal.reason });
  const url = `sample:seed=${seed}/${archivePath(request)}`;
  const archive = sampleArchive(seed, request);
  if (archive === null) return { status: 'absent', url, headers: {} };
  const bytes = zipSampleArchive(archive);
  const digest = sha256(bytes);
  return { status: 'ok', url, fileName: archive.fileName, bytes, sha256: digest, checksumText: `${digest}  ${archive.fileName}\n`, headers: {} };
}
