import type { RunConfig } from './runConfig.ts';
import { secondColumns } from './secondColumns.ts';

/** Where a column beyond bars and funding comes from: the bars' own archive, or a dataset of its own. */
export type ExtraTable = 'trading' | ExtraDataset;
export type ExtraDataset = 'spot_15m' | 'mark_15m' | 'premium_15m' | 'metrics' | 'liquidations' | 'trades_1s' | 'quotes_1s';

export interface ExtraColumn {
  readonly table: ExtraTable;
  /** Its name in the table of the run (extraTables.ts). */
  readonly column: string;
  readonly meaning: string;
}

/**
 * Columns beyond bars and funding that a study may read, by the name that formulas use; the one list. Which datasets a run
 * fetches follows from the names that its studies read. Where a run has no such data the column is not there, the study
 * says so and its verdict is inconclusive.
 */
export const extraColumns: Readonly<Record<string, ExtraColumn>> = {
  trade_count: { table: 'trading', column: 'trade_count', meaning: 'trades in the bar' },
  quote_volume: { table: 'trading', column: 'quote_volume', meaning: 'traded quote value' },
  taker_base_volume: { table: 'trading', column: 'taker_buy_volume', meaning: 'base volume that takers bought' },
  taker_quote_volume: { table: 'trading', column: 'taker_buy_quote_volume', meaning: 'quote value that takers bought' },
  'spot.close': { table: 'spot_15m', column: 'close', meaning: 'close of the spot market' },
  'spot.volume': { table: 'spot_15m', column: 'volume', meaning: 'base volume of the spot market' },
  'spot.quote_volume': { table: 'spot_15m', column: 'quote_volume', meaning: 'traded quote value of the spot market' },
  'mark.close': { table: 'mark_15m', column: 'close', meaning: 'mark price at the close' },
  'premium.close': { table: 'premium_15m', column: 'close', meaning: 'premium index at the close' },
  open_interest: { table: 'metrics', column: 'open_interest', meaning: 'open interest at the bar’s close, base units' },
  open_interest_value: { table: 'metrics', column: 'open_interest_value', meaning: 'open interest at the bar’s close, quote value' },
  account_ratio: { table: 'metrics', column: 'account_ratio', meaning: 'accounts that are long over accounts that are short' },
  top_account_ratio: { table: 'metrics', column: 'top_account_ratio', meaning: 'the same of the largest traders' },
  top_position_ratio: { table: 'metrics', column: 'top_position_ratio', meaning: 'long over short positions of the largest traders' },
  taker_ratio: { table: 'metrics', column: 'taker_ratio', meaning: 'volume that takers bought over sold, the bar’s last five minutes' },
  liquidation_volume: { table: 'liquidations', column: 'volume', meaning: 'base volume of liquidation orders' },
  liquidation_buy_volume: { table: 'liquidations', column: 'buy_volume', meaning: 'the part that bought: shorts closed by force' },
  liquidation_sell_volume: { table: 'liquidations', column: 'sell_volume', meaning: 'the part that sold: longs closed by force' },
  'trades.tick_balance': { table: 'trades_1s', column: 'tick_balance', meaning: 'trades at rising less trades at falling prices, over both' },
  'trades.sign_entropy': { table: 'trades_1s', column: 'sign_entropy', meaning: 'mean entropy of the signs of 50 trades, bits' },
  'book.spread': { table: 'quotes_1s', column: 'spread', meaning: 'mean distance of the best quotes over their middle' },
  'book.size': { table: 'quotes_1s', column: 'size', meaning: 'mean size of both best quotes together, base units' },
};

type Readers = Pick<RunConfig, 'studies' | 'policies' | 'overlays' | 'overlayParents' | 'portfolio'>;

/** Names of the extra columns that the run's studies on bars, policy studies and overlays read, those of its portfolio's edges included, sorted. */
export function extraColumnsRead({ studies = [], policies = [], portfolio, ...config }: Readers): string[] {
  const overlays = [...(config.overlays ?? []), ...(portfolio?.overlays ?? [])];
  const parents = [...(config.overlayParents ?? []), ...(portfolio?.overlayParents ?? [])];
  const names = new Set<string>();
  const onBars = studies.filter(({ clock }) => clock !== '1s');
  for (const document of [...onBars, ...policies, ...parents, ...overlays.map(({ rule }) => rule)]) collectNames(document, names);
  return [...names].filter((name) => Object.hasOwn(extraColumns, name)).sort();
}

/** Tables behind those columns, sorted. */
export function extraTablesRead(config: Readers): ExtraTable[] {
  return [...new Set(extraColumnsRead(config).map((name) => extraColumns[name]!.table))].sort();
}

/** Datasets that have to be fetched for them and for studies on seconds, sorted. */
export function extraDatasetsRead(config: Readers): ExtraDataset[] {
  const onSeconds = (config.studies ?? []).filter(({ clock }) => clock === '1s');
  const names = new Set<string>();
  // Prices are always among what a study reads.
  if (onSeconds.length > 0) names.add('close');
  for (const document of onSeconds) collectNames(document, names);
  const seconds = [...names].flatMap((name) => (Object.hasOwn(secondColumns, name) ? (secondColumns[name]!.dataset ?? []) : []));
  return [...new Set([...extraTablesRead(config).filter((table) => table !== 'trading'), ...seconds])].sort();
}

/** Parts of a study that are prose; every other text is a formula or an id, and ids never equal a column. */
const prose = new Set(['title', 'question', 'labels', 'unit']);

function collectNames(value: unknown, names: Set<string>): void {
  if (typeof value === 'string') for (const [name] of value.matchAll(/[A-Za-z_][A-Za-z0-9_.]*/g)) names.add(name);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) if (!prose.has(key)) collectNames(item, names);
}
