import { unit } from '../core/define.ts';
import type { Effects } from '../core/effects.ts';
import type { FundingRows } from './binance/funding.ts';
import type { Klines } from './binance/klines.ts';
import type { DownloadLimits } from './download.ts';
import type { ArchiveRequest } from './layouts.ts';

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

/** What the REST interface has besides the archive: bars of several kinds, settlements. */
export type RestBars = 'ohlcv_15m' | 'mark_15m' | 'premium_15m';
export type RestDataset = RestBars | 'funding';

export interface RestRequest {
  readonly dataset: RestDataset;
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
} & ({ readonly dataset: RestBars; readonly rows: Klines } | { readonly dataset: 'funding'; readonly rows: FundingRows });

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
