import { dayMs, formatDay } from '../core/time.ts';
import type { Month } from '../core/time.ts';

/** A calendar month, or a UTC day named by its first instant (epoch ms). */
export type ArchivePeriod = { readonly kind: 'month'; readonly month: Month } | { readonly kind: 'day'; readonly day: number };

export interface ArchiveRequest {
  readonly dataset: ArchiveDataset;
  readonly symbol: string;
  readonly period: ArchivePeriod;
}

/** Where the exchange publishes one dataset, how often, and how large its files may be. */
export interface ArchiveLayout {
  readonly market: 'futures/um' | 'spot';
  /** Folder of the dataset; in the file's name too unless an interval stands there. */
  readonly kind: string;
  readonly interval: string | null;
  /** Which files there are: one per month, one per day, or both with the same rows. */
  readonly files: 'monthly' | 'daily' | 'both';
  /** Largest archive and largest uncompressed entry accepted, bytes. */
  readonly limits: { readonly zip: number; readonly entry: number };
}

const megabyte = 2 ** 20;
const small = { zip: megabyte, entry: 4 * megabyte };
const medium = { zip: 8 * megabyte, entry: 32 * megabyte };
const bars = { market: 'futures/um', interval: '15m', files: 'both', limits: medium } as const;

/**
 * Every dataset of the public archive that is read here; real 15-minute months are below 0.2 MB, days of best quotes reach
 * some hundred. Ticks exist by month as well, in files that no limit could reasonably let in.
 */
export const archiveLayouts = {
  ohlcv_15m: { ...bars, kind: 'klines' },
  ohlcv_1m: { ...bars, kind: 'klines', interval: '1m' },
  spot_15m: { ...bars, kind: 'klines', market: 'spot' },
  mark_15m: { ...bars, kind: 'markPriceKlines' },
  premium_15m: { ...bars, kind: 'premiumIndexKlines' },
  funding: { market: 'futures/um', kind: 'fundingRate', interval: null, files: 'monthly', limits: small },
  metrics: { market: 'futures/um', kind: 'metrics', interval: null, files: 'daily', limits: small },
  liquidations: { market: 'futures/um', kind: 'liquidationSnapshot', interval: null, files: 'daily', limits: medium },
  trades_1s: { market: 'futures/um', kind: 'aggTrades', interval: null, files: 'daily', limits: { zip: 512 * megabyte, entry: 4_000 * megabyte } },
  quotes_1s: { market: 'futures/um', kind: 'bookTicker', interval: null, files: 'daily', limits: { zip: 1_024 * megabyte, entry: 4_000 * megabyte } },
} as const satisfies Readonly<Record<string, ArchiveLayout>>;

export type ArchiveDataset = keyof typeof archiveLayouts;

/** The layout as any of the table. */
export function layoutOf(dataset: ArchiveDataset): ArchiveLayout {
  return archiveLayouts[dataset];
}

/** `2025-07` or `2025-07-10`. */
export function periodLabel(period: ArchivePeriod): string {
  return period.kind === 'month' ? period.month.label : formatDay(period.day);
}

/** Half-open instant range of a period. */
export function periodRange(period: ArchivePeriod): { readonly from: number; readonly to: number } {
  return period.kind === 'month' ? { from: period.month.start, to: period.month.end } : { from: period.day, to: period.day + dayMs };
}

/** File name of an archive as the exchange spells it, `.zip` included. Datasets of one interval share theirs; folders differ. */
export function archiveFileName({ dataset, symbol, period }: ArchiveRequest): string {
  const { kind, interval } = layoutOf(dataset);
  return `${symbol}-${interval ?? kind}-${periodLabel(period)}.zip`;
}

/** Path of an archive below the base address as the exchange spells it, without leading slash. */
export function archivePath(request: ArchiveRequest): string {
  const { market, kind, interval } = layoutOf(request.dataset);
  const folder = interval === null ? `${kind}/${request.symbol}` : `${kind}/${request.symbol}/${interval}`;
  return `data/${market}/${request.period.kind === 'month' ? 'monthly' : 'daily'}/${folder}/${archiveFileName(request)}`;
}

/** Name of the one entry inside an archive. */
export function archiveEntryName(fileName: string): string {
  return fileName.replace(/\.zip$/, '.csv');
}
