import { unit } from '../core/define.ts';
import { AppError } from '../core/errors.ts';
import type { Effects } from '../core/effects.ts';
import type { Month } from '../core/time.ts';
import type { DownloadLimits } from './download.ts';

export type ArchiveDataset = 'ohlcv_15m' | 'funding';
export const archiveDatasets: readonly ArchiveDataset[] = ['ohlcv_15m', 'funding'];

export interface ArchiveRequest {
  readonly dataset: ArchiveDataset;
  readonly symbol: string;
  readonly month: Month;
}

export type ArchiveResult =
  | {
      readonly status: 'ok';
      /** Where the bytes came from, for the provenance record. */
      readonly url: string;
      readonly fileName: string;
      /** The zip archive as received. */
      readonly bytes: Buffer;
      readonly sha256: string;
      /** Text of the CHECKSUM file, already compared with `sha256`. */
      readonly checksumText: string;
      /** Lower-case names; `date` and `etag` when the server sent them. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly status: 'absent'; readonly url: string };

export interface SourceOptions {
  /** Replaces the venue's own base address; without path `/data`. */
  readonly archiveUrl?: string;
  readonly effects: Effects;
  readonly signal?: AbortSignal;
  /** Seed of the simulated market and of retry jitter. Default 1. */
  readonly seed?: number;
  readonly limits?: Partial<DownloadLimits>;
}

export interface OpenSource {
  /**
   * One month of one dataset, checksum verified, or `absent` when the source has no such file.
   *
   * @throws E_NETWORK, E_CHECKSUM, E_ARCHIVE, E_BAD_SYMBOL, E_INTERRUPTED
   */
  fetchMonth(request: ArchiveRequest): Promise<ArchiveResult>;
  close(): Promise<void>;
  /** One line for people: what is read and from where. */
  describe(): string;
}

export interface SourceSpec {
  readonly id: string;
  readonly summary: string;
  /** Folder name below lake/raw. */
  readonly venue: string;
  /** First instant for which the source may have data, epoch ms. */
  readonly earliest: number;
  /** True when nothing leaves the machine. */
  readonly isOffline: boolean;
  readonly open: (options: SourceOptions) => OpenSource;
}

/** Brands a source of archives; one per file in venues/sources. */
export const defineSource = (spec: SourceSpec) => unit('source', spec);
export type Source = ReturnType<typeof defineSource>;

/** File name of a monthly archive as the exchange spells it, `.zip` included. */
export function archiveFileName({ dataset, symbol, month }: ArchiveRequest): string {
  return `${symbol}-${dataset === 'funding' ? 'fundingRate' : '15m'}-${month.label}.zip`;
}

/** Path of a monthly archive below the base address, without leading slash. */
export function archivePath(request: ArchiveRequest): string {
  const folder = request.dataset === 'funding' ? `fundingRate/${request.symbol}` : `klines/${request.symbol}/15m`;
  return `data/futures/um/monthly/${folder}/${archiveFileName(request)}`;
}

/** Name of the one entry inside a monthly archive. */
export function archiveEntryName(fileName: string): string {
  return fileName.replace(/\.zip$/, '.csv');
}

/** Largest archive and largest uncompressed entry accepted per dataset, bytes (real months are below 0.2 and 0.4 MB). */
export const archiveLimits: Readonly<Record<ArchiveDataset, { readonly zip: number; readonly entry: number }>> = {
  ohlcv_15m: { zip: 8 * 2 ** 20, entry: 32 * 2 ** 20 },
  funding: { zip: 2 ** 20, entry: 4 * 2 ** 20 },
};

/** Refuses anything that is not a plain symbol, before it can reach a path or an address. */
export function checkSymbol(symbol: string): void {
  if (!/^[A-Z0-9]{2,24}$/.test(symbol)) throw new AppError('E_BAD_SYMBOL', { symbol, problem: '2 to 24 capital letters and digits are expected' });
}
