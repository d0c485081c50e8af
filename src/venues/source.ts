import { unit } from '../core/define.ts';
import type { Effects } from '../core/effects.ts';
import { dayMs, formatDay } from '../core/time.ts';
import type { Month } from '../core/time.ts';
import type { FundingRows } from './binance/funding.ts';
import type { Klines } from './binance/klines.ts';
import type { DownloadLimits } from './download.ts';

export type ArchiveDataset = 'ohlcv_15m' | 'funding';

/** A calendar month, or a UTC day named by its first instant (epoch ms). */
export type ArchivePeriod = { readonly kind: 'month'; readonly month: Month } | { readonly kind: 'day'; readonly day: number };

export interface ArchiveRequest {
  readonly dataset: ArchiveDataset;
  readonly symbol: string;
  readonly period: ArchivePeriod;
}

/** Lower-case names, as the server sent them. */
export type Headers = Readonly<Record<string, string>>;

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
      readonly headers: Headers;
    }
  | { readonly status: 'absent'; readonly url: string; readonly headers: Headers };

export type ChecksumResult = { readonly status: 'ok'; readonly sha256: string; readonly headers: Headers } | { readonly status: 'absent' };

export interface RestRequest {
  readonly dataset: ArchiveDataset;
  readonly symbol: string;
  /** Half-open, epoch ms: bars by open time, settlements by settlement time. */
  readonly from: number;
  readonly to: number;
}

/** One answer of the REST interface as received. */
export interface RestPage {
  readonly url: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

/** Rows of the range that the REST interface has, strictly parsed; bars that are not closed yet are left out. */
export type RestResult = {
  readonly pages: readonly RestPage[];
  /** Latest `Date` of the server, epoch ms; null when it sent none. */
  readonly serverDate: number | null;
} & ({ readonly dataset: 'ohlcv_15m'; readonly rows: Klines } | { readonly dataset: 'funding'; readonly rows: FundingRows });

export interface SourceOptions {
  /** Replaces the venue's own base address; without path `/data`. A mirror alone never leads to REST requests elsewhere. */
  readonly archiveUrl?: string;
  /** Replaces the venue's REST host; without path `/fapi`. */
  readonly restUrl?: string;
  readonly effects: Effects;
  readonly signal?: AbortSignal;
  /** Seed of the simulated market and of retry jitter. Default 1. */
  readonly seed?: number;
  readonly limits?: Partial<DownloadLimits>;
  /** Keeps bytes that were refused (a wrong checksum, no zip archive), for people to look at. */
  readonly quarantine?: (refused: { readonly request: ArchiveRequest; readonly fileName: string; readonly bytes: Buffer }) => Promise<void>;
}

export interface OpenSource {
  /**
   * The addresses that answers depend on. What was absent or incomplete at one origin says nothing about another.
   */
  readonly origin: string;
  /** False when there are files by month only. */
  readonly hasDailyFiles: boolean;
  /**
   * One period of one dataset, checksum verified, or `absent` when the source has no such file.
   *
   * @throws E_NETWORK, E_CHECKSUM, E_ARCHIVE, E_BAD_SYMBOL, E_INTERRUPTED
   */
  fetchArchive(request: ArchiveRequest): Promise<ArchiveResult>;
  /** What the CHECKSUM file of a period says now; for sources whose files may be replaced. */
  fetchChecksum?(request: ArchiveRequest): Promise<ChecksumResult>;
  /** Rows from the venue's REST interface; absent where there is none or it must not be asked. */
  fetchRest?(request: RestRequest): Promise<RestResult>;
  /** The server's present time (epoch ms), null when it does not tell; sources without a server have no such function. */
  serverDate?(): Promise<number | null>;
  /** Every symbol the venue lists, for a hint about a mistyped one. */
  symbols?(): Promise<readonly string[]>;
  close(): Promise<void>;
  /** One line for people: what is read and from where. */
  describe(): string;
}

export interface SourceSpec {
  readonly id: string;
  readonly summary: string;
  /** Folder name below lake/raw. */
  readonly venue: string;
  /** The folder's name for a seed, where content depends on it; `venue` when left out. */
  readonly venueOf?: (seed: number) => string;
  /** First instant for which the source may have data, epoch ms. */
  readonly earliest: number;
  /** True when nothing leaves the machine. */
  readonly isOffline: boolean;
  readonly open: (options: SourceOptions) => OpenSource;
}

/** Brands a source of archives; one per file in venues/sources. */
export const defineSource = (spec: SourceSpec) => unit('source', spec);
export type Source = ReturnType<typeof defineSource>;

/** The source with the folder name that belongs to a seed: two seeds never share raw rows. */
export function seeded(source: Source, seed: number): Source {
  return { ...source, venue: source.venueOf?.(seed) ?? source.venue };
}

/** `2025-07` or `2025-07-10`. */
export function periodLabel(period: ArchivePeriod): string {
  return period.kind === 'month' ? period.month.label : formatDay(period.day);
}

/** Half-open instant range of a period. */
export function periodRange(period: ArchivePeriod): { readonly from: number; readonly to: number } {
  return period.kind === 'month' ? { from: period.month.start, to: period.month.end } : { from: period.day, to: period.day + dayMs };
}

/** File name of an archive as the exchange spells it, `.zip` included. */
export function archiveFileName({ dataset, symbol, period }: ArchiveRequest): string {
  return `${symbol}-${dataset === 'funding' ? 'fundingRate' : '15m'}-${periodLabel(period)}.zip`;
}

/** Path of an archive below the base address, without leading slash. */
export function archivePath(request: ArchiveRequest): string {
  const folder = request.dataset === 'funding' ? `fundingRate/${request.symbol}` : `klines/${request.symbol}/15m`;
  return `data/futures/um/${request.period.kind === 'month' ? 'monthly' : 'daily'}/${folder}/${archiveFileName(request)}`;
}

/** Name of the one entry inside an archive. */
export function archiveEntryName(fileName: string): string {
  return fileName.replace(/\.zip$/, '.csv');
}

/** Largest archive and largest uncompressed entry accepted per dataset, bytes (real months are below 0.2 and 0.4 MB). */
export const archiveLimits: Readonly<Record<ArchiveDataset, { readonly zip: number; readonly entry: number }>> = {
  ohlcv_15m: { zip: 8 * 2 ** 20, entry: 32 * 2 ** 20 },
  funding: { zip: 2 ** 20, entry: 4 * 2 ** 20 },
};
