import { barMs, barsPerDay } from '../../core/time.ts';
import type { SampleDataset } from './datasets.ts';

/** Defects of trading itself, the same in 15-minute and 1-minute files. */
const tradingKinds = ['outage', 'flat', 'zero_volume', 'spike'] as const;

/**
 * Defects planted in the simulated archives, so that every run of the sample market shows how each is treated.
 *
 * Of trading (all datasets but funding; mark, spot, premium and positioning know outages only):
 * - `outage`: rows are absent; trading went on unseen, so the next bar opens where the market then is
 * - `flat`: bars of zero volume at the last price, as the venue publishes during maintenance
 * - `zero_volume`: prices move although no volume is reported
 * - `spike`: each bar's last minute closes 30 % too high; the next bar opens at the true price
 *
 * Of the files of one dataset:
 * - `missing_rows`: rows are absent in monthly and daily files (the only kind for funding besides `duplicate`)
 * - `missing_day`: rows are absent in the monthly file; the daily file has them. Where there are daily files alone, there is none
 * - `duplicate`: the row appears twice in the monthly (or only) file, identically
 * - `disorder`: in the monthly (or only) file the row changes places with the one after it
 */
export interface PlantedDefect {
  readonly kind: (typeof tradingKinds)[number] | 'missing_rows' | 'missing_day' | 'duplicate' | 'disorder';
  /** `*` means every symbol. */
  readonly symbol: string;
  /** Open time of the first bar concerned, epoch ms, on the 15-minute grid. */
  readonly start: number;
  /** Length in bars of 15 minutes, whatever the dataset. */
  readonly bars: number;
  /** Dataset whose files are concerned; ignored for defects of trading. Default `ohlcv_15m`. */
  readonly dataset?: SampleDataset;
}

function defect(kind: PlantedDefect['kind'], symbol: string, start: string, bars: number, dataset: SampleDataset = 'ohlcv_15m'): PlantedDefect {
  return { kind, symbol, start: Date.parse(`${start}:00Z`), bars, dataset };
}

/** The whole default list. It does not depend on the seed. Nothing is ever off the grid. */
export const plantedDefects: readonly PlantedDefect[] = [
  defect('outage', '*', '2020-02-19T11:45', 20),
  defect('flat', '*', '2021-03-02T07:00', 3),
  defect('outage', '*', '2021-08-13T02:00', 10),
  // Around the small lake's ends, see smallLake.ts.
  defect('outage', 'BTCUSDT', '2022-02-01T05:30', 3),
  defect('duplicate', 'BTCUSDT', '2022-02-01T13:00', 2),
  defect('flat', 'ETHUSDT', '2022-02-02T02:30', 4),
  defect('disorder', 'ETHUSDT', '2022-02-02T16:15', 1),
  defect('missing_day', 'ETHUSDT', '2022-02-03T00:00', barsPerDay),
  defect('outage', '*', '2022-06-28T08:00', 5),
  defect('missing_rows', 'BTCUSDT', '2022-06-29T10:45', 2),
  defect('zero_volume', 'ETHUSDT', '2022-06-29T15:00', 2),
  defect('missing_day', 'BTCUSDT', '2022-06-30T00:00', barsPerDay),
  // The default window of `npm start`.
  defect('outage', '*', '2023-03-24T11:45', 8),
  defect('missing_day', 'SOLUSDT', '2023-04-07T00:00', barsPerDay),
  defect('outage', 'BTCUSDT', '2023-06-09T14:15', 3),
  // What is missing from archives of positioning and liquidations is missing for good: there are no other files.
  defect('missing_day', 'BTCUSDT', '2023-07-25T00:00', barsPerDay, 'metrics'),
  defect('duplicate', 'BTCUSDT', '2023-08-08T10:00', 2, 'metrics'),
  defect('missing_day', 'BTCUSDT', '2023-08-19T00:00', barsPerDay, 'liquidations'),
  defect('outage', 'ETHUSDT', '2023-09-17T03:00', 1),
  defect('missing_rows', 'ETHUSDT', '2023-09-18T13:00', 44, 'metrics'),
  defect('missing_day', 'ETHUSDT', '2023-11-02T00:00', barsPerDay, 'spot_15m'),
  defect('flat', '*', '2023-11-10T02:30', 2),
  defect('duplicate', 'ETHUSDT', '2023-12-05T18:00', 1),
  defect('spike', 'DOTUSDT', '2024-01-03T12:00', 1),
  defect('duplicate', 'BTCUSDT', '2024-01-16T04:00', 2, 'mark_15m'),
  defect('missing_rows', 'BTCUSDT', '2024-01-30T21:00', 1, 'ohlcv_1m'),
  defect('outage', 'SOLUSDT', '2024-02-06T10:00', 20),
  defect('duplicate', 'BTCUSDT', '2024-02-20T07:30', 2),
  defect('zero_volume', 'AVAXUSDT', '2024-03-05T19:00', 3),
  defect('outage', '*', '2024-04-13T20:00', 6),
  defect('disorder', 'BTCUSDT', '2024-05-08T09:15', 1),
  defect('missing_rows', 'ETHUSDT', '2024-05-21T13:30', 3, 'mark_15m'),
  defect('flat', 'ETHUSDT', '2024-08-05T06:00', 4),
  defect('missing_rows', 'BTCUSDT', '2024-08-12T06:00', 2, 'premium_15m'),
  defect('outage', 'ADAUSDT', '2024-10-01T00:00', 96),
  defect('missing_day', 'ETHUSDT', '2024-10-22T00:00', barsPerDay),
  defect('flat', 'BTCUSDT', '2025-02-21T15:45', 3),
  defect('outage', '*', '2025-08-29T06:15', 4),
  defect('outage', '*', '2027-05-11T22:00', 12),
  defect('outage', '*', '2029-10-03T13:30', 7),
];

/** A market in which nothing is wrong. */
export const noDefects: readonly PlantedDefect[] = [];

/** First instant after a defect. */
export function defectEnd({ start, bars }: PlantedDefect): number {
  return start + bars * barMs;
}

/** The defects of trading of a symbol that touch the half-open range [from, to), epoch ms. */
export function tradingDefects(defects: readonly PlantedDefect[], symbol: string, from: number, to: number): PlantedDefect[] {
  const kinds: readonly string[] = tradingKinds;
  return defects.filter((planted) => kinds.includes(planted.kind) && concerns(planted, symbol) && planted.start < to && defectEnd(planted) > from);
}

/** Kind of the file defect at a row's time, for the files of one dataset of one symbol; the last of several wins. */
export function fileDefects(
  defects: readonly PlantedDefect[],
  file: { readonly dataset: SampleDataset; readonly symbol: string; readonly isMonthly: boolean },
): (time: number) => PlantedDefect['kind'] | undefined {
  const kinds = new Map<number, PlantedDefect['kind']>();
  for (const planted of defects) {
    if (!concerns(planted, file.symbol) || (planted.dataset ?? 'ohlcv_15m') !== file.dataset) continue;
    if (!file.isMonthly && planted.kind !== 'missing_rows') continue;
    for (let bar = 0; bar < planted.bars; bar++) kinds.set(planted.start + bar * barMs, planted.kind);
  }
  return (time) => kinds.get(time - (time % barMs));
}

function concerns(planted: PlantedDefect, symbol: string): boolean {
  return planted.symbol === '*' || planted.symbol === symbol;
}
