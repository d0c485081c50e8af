import { barMs } from '../../core/time.ts';

/**
 * Defects planted in the simulated archives, so that every run of the sample market shows how each is treated.
 *
 * - `outage`: rows are absent; trading went on unseen, so the next bar opens where the market then is
 * - `flat`: bars of zero volume at the last price, as the venue publishes during maintenance
 * - `duplicate`: the row appears twice, identically
 * - `disorder`: the row changes places with the one after it
 */
export interface PlantedDefect {
  readonly kind: 'outage' | 'flat' | 'duplicate' | 'disorder';
  /** `*` means every symbol. */
  readonly symbol: string;
  /** Open time of the first bar concerned, epoch ms. */
  readonly start: number;
  readonly bars: number;
}

function defect(kind: PlantedDefect['kind'], symbol: string, start: string, bars: number): PlantedDefect {
  return { kind, symbol, start: Date.parse(`${start}:00Z`), bars };
}

/** The whole list. It does not depend on the seed. */
export const plantedDefects: readonly PlantedDefect[] = [
  defect('outage', '*', '2023-03-24T11:45', 8),
  defect('flat', '*', '2023-11-10T02:30', 2),
  defect('outage', 'BTCUSDT', '2023-06-09T14:15', 3),
  defect('outage', 'ETHUSDT', '2023-09-17T03:00', 1),
  defect('duplicate', 'ETHUSDT', '2023-12-05T18:00', 1),
  defect('duplicate', 'BTCUSDT', '2024-02-20T07:30', 2),
  defect('outage', '*', '2024-04-13T20:00', 6),
  defect('disorder', 'BTCUSDT', '2024-05-08T09:15', 1),
  defect('flat', 'ETHUSDT', '2024-08-05T06:00', 4),
  defect('outage', 'SOLUSDT', '2024-02-06T10:00', 20),
  defect('outage', 'ADAUSDT', '2024-10-01T00:00', 96),
  defect('flat', 'BTCUSDT', '2025-02-21T15:45', 3),
  defect('outage', '*', '2025-08-29T06:15', 4),
];

/** Open time to kind, for the bars of a symbol that carry a defect. */
export function defectsOf(symbol: string): ReadonlyMap<number, PlantedDefect['kind']> {
  const kinds = new Map<number, PlantedDefect['kind']>();
  for (const planted of plantedDefects) {
    if (planted.symbol !== '*' && planted.symbol !== symbol) continue;
    for (let bar = 0; bar < planted.bars; bar++) kinds.set(planted.start + bar * barMs, planted.kind);
  }
  return kinds;
}
