import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { namedStream } from '../../core/random.ts';
import type { RandomState } from '../../core/random.ts';
import { download } from '../download.ts';
import { displayUrl } from '../http.ts';
import { archiveFileName, archiveLimits, archivePath, checkSymbol, defineSource } from '../source.ts';
import type { ArchiveRequest, ArchiveResult, SourceOptions } from '../source.ts';

const officialBase = 'https://data.binance.vision';
const maxChecksumBytes = 4_096;

/** A file that arrived but must not be used; worth one more download, then final. */
class Rejected {
  readonly error: AppError;
  constructor(error: AppError) {
    this.error = error;
  }
}

/** The public archive of Binance USD-M perpetuals, or a mirror of it named by --archive-url. */
export default defineSource({
  id: 'binance',
  summary: 'Public archive of Binance USD-M perpetual futures (monthly files with checksums)',
  venue: 'binance',
  earliest: Date.UTC(2019, 8, 1),
  isOffline: false,
  open(options) {
    const base = archiveBase(options.archiveUrl);
    return {
      fetchMonth: (request) => fetchMonth(base, request, options),
      close: () => Promise.resolve(),
      describe: () => `Binance USD-M archive at ${displayUrl(base)}`,
    };
  },
});

async function fetchMonth(base: string, request: ArchiveRequest, options: SourceOptions): Promise<ArchiveResult> {
  checkSymbol(request.symbol);
  const url = `${base}/${archivePath(request)}`;
  const jitterStream = namedStream(`seed=${options.seed ?? 1}/download-jitter/binance/${archiveFileName(request)}`);
  const first = await fetchOnce(url, request, options, jitterStream);
  if (!(first instanceof Rejected)) return first;
  const second = await fetchOnce(url, request, options, jitterStream);
  if (second instanceof Rejected) throw second.error;
  return second;
}

async function fetchOnce(url: string, request: ArchiveRequest, options: SourceOptions, jitterStream: RandomState): Promise<ArchiveResult | Rejected> {
  const common = { jitterStream, signal: options.signal, ...(options.limits ? { limits: options.limits } : {}) };
  const zip = await download(options.effects, { ...common, url, maxBytes: archiveLimits[request.dataset].zip });
  if (zip.status === 'absent') return { status: 'absent', url: displayUrl(url) };
  const fileName = archiveFileName(request);
  if (zip.bytes.length < 4 || zip.bytes.readUInt32LE(0) !== 0x04034b50) {
    const found = /^\s*[<{[]/.test(zip.bytes.toString('latin1', 0, 64)) ? 'an HTML, XML or JSON page' : 'something else';
    return new Rejected(new AppError('E_ARCHIVE', { file: displayUrl(url), problem: `the server sent ${found} instead of a zip archive` }));
  }
  const checksum = await download(options.effects, { ...common, url: `${url}.CHECKSUM`, maxBytes: maxChecksumBytes });
  const sha256 = createHash('sha256').update(zip.bytes).digest('hex');
  const checksumText = checksum.status === 'ok' ? checksum.bytes.toString('utf8') : null;
  const expected = readChecksum(checksumText, fileName);
  if (expected !== sha256) return new Rejected(new AppError('E_CHECKSUM', { file: fileName, observed: sha256, expected }));
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

/** The base address without trailing slashes. Plain http is fine here: only --archive-url can name it. */
function archiveBase(archiveUrl: string | undefined): string {
  const base = archiveUrl ?? officialBase;
  const protocol = URL.canParse(base) ? new URL(base).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new AppError('E_USAGE', { problem: `--archive-url ${JSON.stringify(base)} is not an http or https address` });
  }
  const parsed = new URL(base);
  if (parsed.search !== '' || parsed.hash !== '') throw new AppError('E_USAGE', { problem: '--archive-url must not have a query or fragment' });
  return base.replace(/\/+$/, '');
}
