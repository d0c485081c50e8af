import { columnReads } from '../../engine/intentColumns.ts';
import { monthlyCoverage } from '../../market/monthlyCoverage.ts';
import type { ReportCoverage, ReportTrade, TradeWindow } from '../../report/model.ts';
import { candlesAround, pickTrades, type PriceColumns } from '../../report/tradeWindows.ts';
import { sampleStd } from '../../stats/moments.ts';
import { columnsOf, outputsWith } from './artifacts.ts';
import type { Artifact, StageContext } from './stage.ts';

const barColumns = columnsOf('timestamp:timestamp open high low close is_gap:boolean quality:int32');
const fundingColumns = columnsOf('funding_event_ts:timestamp funding_rate_scaled');
/** Features that are prices, so that they can be drawn among bars. */
const levelColumns = columnsOf('high_96 low_96');

/** What the report takes from the run's own bars. */
export interface ReportBars {
  readonly windows: readonly TradeWindow[];
  readonly coverage: Readonly<Record<string, ReportCoverage>>;
  readonly inputs: readonly Artifact[];
}

/** The bars around the trades to be shown, and what there is of bars and funding; one symbol in memory at a time. */
export async function readReportBars(context: StageContext, trades: readonly ReportTrade[]): Promise<ReportBars> {
  const picked = pickTrades(trades);
  const counts = (context.upstream['features']!.counts as { symbols: Readonly<Record<string, FeatureCounts>> }).symbols;
  const windows: TradeWindow[] = [];
  const coverage: Record<string, ReportCoverage> = {};
  const inputs: Artifact[] = [];
  for (const symbol of context.config.symbols) {
    const own = picked.filter((trade) => trades[trade]!.symbol === symbol);
    const { bars, months, fundingRate, files } = await readSymbol(context, symbol, own.length > 0);
    coverage[symbol] = { months, fundingRate, features: featureCoverage(counts[symbol]!) };
    inputs.push(...files);
    for (const trade of own) windows.push({ trade, candles: windowOf(context, bars, trades[trade]!) });
  }
  return { windows: windows.sort((a, b) => a.trade - b.trade), coverage, inputs };
}

async function readSymbol(context: StageContext, symbol: string, hasLevels: boolean) {
  const barFiles = outputsWith(context, 'clean', `/perp/${symbol}/bars_15m/`);
  const fundingFiles = outputsWith(context, 'clean', `/perp/${symbol}/funding_15m/`);
  const featureFiles = hasLevels ? outputsWith(context, 'features', `/perp/${symbol}/`) : [];
  const { timestamp, open, high, low, close, is_gap, quality } = (await context.store.read(barFiles, barColumns)).numbers as Record<
    string,
    Float64Array
  >;
  const { funding_event_ts, funding_rate_scaled } = (await context.store.read(fundingFiles, fundingColumns)).numbers as Record<string, Float64Array>;
  const levels = (await context.store.read(featureFiles, levelColumns)).numbers;
  const bars: PriceColumns = { openTime: timestamp!, open: open!, high: high!, low: low!, close: close!, levels };
  const months = monthlyCoverage({
    openTime: timestamp!,
    isGap: is_gap!,
    quality: quality!,
    fundingEventTime: funding_event_ts!,
    fundingRate: funding_rate_scaled!,
  });
  return { bars, months, fundingRate: rangeOf(funding_rate_scaled!), files: [...barFiles, ...fundingFiles, ...featureFiles] };
}

function windowOf(context: StageContext, bars: PriceColumns, trade: ReportTrade): TradeWindow['candles'] {
  const strategy = context.strategies.find(({ id }) => id === trade.strategy)!;
  const read = new Set(columnReads(strategy).map(({ name }) => name));
  const levels = Object.fromEntries(Object.entries(bars.levels).filter(([name]) => read.has(name)));
  return candlesAround({ ...bars, levels }, { entry: trade.entryTime, exit: trade.exitTime });
}

function rangeOf(rates: Float64Array): ReportCoverage['fundingRate'] {
  const known = rates.filter((rate) => !Number.isNaN(rate));
  if (known.length === 0) return null;
  const extreme = (pick: (a: number, b: number) => number) => known.reduce((a, b) => pick(a, b));
  return { min: extreme(Math.min), max: extreme(Math.max), deviation: sampleStd(known) };
}

/** What the features stage counts of one symbol. */
interface FeatureCounts {
  readonly rows: number;
  readonly missing: Readonly<Record<string, number>>;
  readonly segments: number;
  readonly shortest_segment: number;
  readonly longest_segment: number;
}

function featureCoverage({ rows, missing, segments, shortest_segment, longest_segment }: FeatureCounts): ReportCoverage['features'] {
  return { rows, missing, segments, shortestSegment: shortest_segment, longestSegment: longest_segment };
}
