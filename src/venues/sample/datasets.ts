import { formatDay } from '../../core/time.ts';
import type { Month } from '../../core/time.ts';

/** What the simulated archive has: bars of 15 and of 1 minute, mark-price bars of 15 minutes, funding settlements. */
export type SampleDataset = 'ohlcv_15m' | 'ohlcv_1m' | 'mark_15m' | 'funding';
export const sampleDatasets: readonly SampleDataset[] = ['ohlcv_15m', 'ohlcv_1m', 'mark_15m', 'funding'];

/** A calendar month, or a UTC day named by its first instant (epoch ms). */
export type SamplePeriod = { readonly kind: 'month'; readonly month: Month } | { readonly kind: 'day'; readonly day: number };

export interface SampleRequest {
  readonly dataset: SampleDataset;
  readonly symbol: string;
  readonly period: SamplePeriod;
}

const folders = { ohlcv_15m: 'klines', ohlcv_1m: 'klines', mark_15m: 'markPriceKlines', funding: 'fundingRate' } as const;
const intervals = { ohlcv_15m: '15m', ohlcv_1m: '1m', mark_15m: '15m', funding: null } as const;

/** File name of an archive as the exchange spells it, `.zip` included. Mark prices and bars share theirs; the folder differs. */
export function sampleFileName({ dataset, symbol, period }: SampleRequest): string {
  const label = period.kind === 'month' ? period.month.label : formatDay(period.day);
  return `${symbol}-${intervals[dataset] ?? 'fundingRate'}-${label}.zip`;
}

/** Path of an archive below the base address as the exchange spells it, without leading slash. */
export function samplePath(request: SampleRequest): string {
  const { dataset, symbol, period } = request;
  const parts = [period.kind === 'month' ? 'monthly' : 'daily', folders[dataset], symbol, intervals[dataset]].filter((part) => part !== null);
  return `data/futures/um/${parts.join('/')}/${sampleFileName(request)}`;
}
