import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { namedStream } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';
import { serverDateOf } from '../answers.ts';
import { officialRestBase, openRest } from '../binance/rest.ts';
import { download } from '../download.ts';
import { displayUrl } from '../http.ts';
import { archiveFileName, archivePath, layoutOf } from '../layouts.ts';
import type { ArchiveRequest } from '../layouts.ts';
import { defineSource } from '../source.ts';
import { checkSymbol } from '../../core/symbol.ts';
import type { ArchiveResult, ChecksumResult, SourceOptions } from '../source.ts';

const officialBase = 'https://data.binance.vision';
const maxChecksumBytes = 4_096;

/** Any file that has always been there; only its `Date` header is of interest. */
const clockPath = 'data/futures/um/monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2020-01.zip.CHECKSUM';

/** A file that arrived but must not be used; worth one more download, then final. */
class Rejected {
  readonly error: AppError;
  readonly bytes: Buffer;
  constructor(error: AppError, bytes: Buffer) {
    this.error = error;
    this.bytes = bytes;
  }
}

/** The public archive of Binance USD-M perpetuals, or a mirror of it named by --archive-url. */
export default defineSource({
  id: 'binance',
  summary: 'Public archive of Binance USD-M perpetual futures (monthly and daily files with checksums, REST for what they lack)',
  venue: 'binance',
  earliest: Date.UTC(2019, 8, 1),
  isOffline: false,
  open(options) {
    const base = baseAddress('--archive-url', options.archiveUrl ?? officialBase);
    // A run from a mirror must not reach out to the venue: REST only by default or when it is named.
    const isRestAllowed = options.restUrl !== undefined || options.archiveUrl === undefined;
    const restBase = isRestAllowed ? baseAddress('--rest-url', options.restUrl ?? officialRestBase) : null;
    const rest = restBase === null ? {} : openRest(restBase, options, jitterOf(options, 'rest'));
    return {
      origin: `archive=${displayUrl(base)} rest=${restBase === null ? 'none' : displayUrl(restBase)}`,
      hasDailyFiles: true,
      fetchArchive: (request) => fetchArchive(base, request, options),
      fetchChecksum: (request) => fetchChecksum(base, request, options),
      serverDate: () => askDate(base, options),
      ...rest,
      close: () => Promise.resolve(),
      describe: () => `Binance USD-M archive at ${displayUrl(base)}${restBase === null ? '' : `, REST at ${displayUrl(restBase)}`}`,
    };
  },
});

async function fetchArchive(base: string, request: ArchiveRequest, options: SourceOptions): Promise<ArchiveResult> {
  checkSymbol(request.symbol);
  const url = `${base}/${archivePath(request)}`;
  const fileName = archiveFileName(request);
  const jitterStream = jitterOf(options, fileName);
  const first = await fetchOnce(url, request, options, jitterStream);
  if (!(first instanceof Rejected)) return first;
  const second = await fetchOnce(url, request, options, jitterStream);
  if (!(second instanceof Rejected)) return second;
  await options.quarantine?.({ request, fileName, bytes: second.bytes });
  throw second.error;
}

async function fetchChecksum(base: string, request: ArchiveRequest, options: SourceOptions): Promise<ChecksumResult> {
  checkSymbol(request.symbol);
  const fileName = archiveFileName(request);
  const url = `${base}/${archivePath(request)}.CHECKSUM`;
  const got = await download(options.effects, {
    ...commonOf(options),
    jitterStream: jitterOf(options, `${fileName}.CHECKSUM`),
    url,
    maxBytes: maxChecksumBytes,
  });
  if (got.status !== 'ok') return { status: 'absent' };
  const sha256 = readChecksum(got.bytes.toString('utf8'), fileName);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('E_CHECKSUM', { file: fileName, observed: 'unknown', expected: sha256 });
  return { status: 'ok', sha256, headers: got.headers };
}

async function askDate(base: string, options: SourceOptions): Promise<number | null> {
  const got = await download(options.effects, {
    ...commonOf(options),
    jitterStream: jitterOf(options, 'date'),
    url: `${base}/${clockPath}`,
    maxBytes: maxChecksumBytes,
  });
  return serverDateOf(got.headers);
}

function commonOf(options: SourceOptions) {
  return { signal: options.signal, ...(options.limits ? { limits: options.limits } : {}) };
}

function jitterOf(options: SourceOptions, name: string): RandomState {
  return namedStream(`seed=${options.seed ?? 1}/download-jitter/binance/${name}`);
}

async function fetchOnce(url: string, request: ArchiveRequest, options: SourceOptions, jitterStream: RandomState): Promise<ArchiveResult | Rejected> {
  const common = { jitterStream, ...commonOf(options) };
  const zip = await download(options.effects, { ...common, url, maxBytes: layoutOf(request.dataset).limits.zip });
  if (zip.status !== 'ok') return { status: 'absent', url: displayUrl(url), headers: zip.headers };
  const fileName = archiveFileName(request);
  if (zip.bytes.length < 4 || zip.bytes.readUInt32LE(0) !== 0x04034b50) {
    const found = /^\s*[<{[]/.test(zip.bytes.toString('latin1', 0, 64)) ? 'an HTML, XML or JSON page' : 'something else';
    const problem = `the server sent ${found} instead of a zip archive`;
    return new Rejected(new AppError('E_ARCHIVE', { file: displayUrl(url), problem }), zip.bytes);
  }
  const checksum = await download(options.effects, { ...common, url: `${url}.CHECKSUM`, maxBytes: maxChecksumBytes });
  const sha256 = createHash('sha256').update(zip.bytes).digest('hex');
  const checksumText = checksum.status === 'ok' ? checksum.bytes.toString('utf8') : null;
  const expected = readChecksum(checksumText, fileName);
  if (expected !== sha256) return new Rejected(new AppError('E_CHECKSUM', { file: fileName, observed: sha256, expected }), zip.bytes);
  return { status: 'ok', url: displayUrl(url), fileName, bytes: zip.bytes, sha256, checksumText: checksumText!, headers: zip.headers };
}

/** The hash that a CHECKSUM file (`<sha256>  <name>`) states for a file, or words saying why there is none. */
export function readChecksum(text: string | null, fileName: string): string {
  if (text === null) return 'nothing (there is no CHECKSUM file)';
  const match = /^([0-9a-fA-F]{64}) [ *](\S{1,200})\r?\n?$/.exec(text);
  if (!match) return 'nothing readable (expected "<sha256>  <file name>")';
  if (match[2] !== fileName) return `a hash of another file (${match[2]})`;
  return match[1]!.toLowerCase();
}

/** The base address without trailing slashes. Plain http is fine here: only a flag can name it. */
function baseAddress(flag: string, base: string): string {
  const protocol = URL.canParse(base) ? new URL(base).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new AppError('E_USAGE', { problem: `${flag} ${JSON.stringify(base)} is not an http or https address` });
  }
  const parsed = new URL(base);
  if (parsed.search !== '' || parsed.hash !== '') throw new AppError('E_USAGE', { problem: `${flag} must not have a query or fragment` });
  return base.replace(/\/+$/, '');
}
