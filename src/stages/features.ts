import { outputsOf } from '../core/define.ts';
import { AppError } from '../core/errors.ts';
import type { ColumnSpec, Table } from '../core/table.ts';
import { columnReads } from '../engine/intentColumns.ts';
import { baseColumns, computeFeatures, gapFreeSegments, planFeatures } from '../features/lib/computeFeatures.ts';
import { columnsOf, outputsWith, writeYears } from './lib/artifacts.ts';
import { cleanBarColumns, cleanFundingColumns } from './clean.ts';
import { contextFeature } from './context.ts';
import { defineStage, type StageContext, type SymbolResult } from './lib/stage.ts';

/** Columns of the feature table v1, a contract with other programs; strategies' further features follow them. */
export const contractColumns = columnsOf(
  'timestamp:timestamp open high low close funding_event_ts:timestamp funding_rate_scaled ret_1 logret_1 rv_96 rv_pct_2880 high_96 low_96 range_96 range_med_480',
);

export default defineStage({
  id: 'features',
  summary: 'computes feature columns from clean bars; every window restarts after a gap',
  after: ['clean'],
  parameters: (config) => ({ symbols: config.symbols, strategies: config.strategies.map(({ id }) => id) }),
  units: (context) => planned(context).map((feature) => `feature/${feature.id}`),
  perSymbol: featuresOfSymbol,
});

/** Features of the contract and those that the run's strategies read. */
function planned(context: StageContext) {
  const wanted = contractColumns.map(({ name }) => ({ column: name, by: 'feature table v1' }));
  for (const strategy of context.strategies) {
    for (const read of columnReads(strategy))
      if (!contextOutputs(context).has(read.name)) wanted.push({ column: read.name, by: `strategy ${strategy.id}` });
  }
  return planFeatures(wanted, context.features);
}

function contextOutputs(context: StageContext): Set<string> {
  const feature = context.features.get(contextFeature);
  return new Set(feature === undefined ? [] : outputsOf(feature).map(({ name }) => name));
}

/** Columns of the run's feature table, in order; the bars' quality flags come last. */
export function featureColumns(context: StageContext): ColumnSpec[] {
  const names = new Set(contractColumns.map(({ name }) => name));
  const more = planned(context)
    .flatMap((feature) => outputsOf(feature))
    .filter(({ name }) => !names.has(name));
  return [...contractColumns, ...more.map(({ name }) => ({ name, type: 'double' as const })), { name: 'quality', type: 'int32' }];
}

async function featuresOfSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const barFiles = outputsWith(context, 'clean', `/perp/${symbol}/bars_15m/`);
  const fundingFiles = outputsWith(context, 'clean', `/perp/${symbol}/funding_15m/`);
  const bars = await context.store.read(barFiles, cleanBarColumns);
  const funding = await context.store.read(fundingFiles, cleanFundingColumns);
  if (funding.rows !== bars.rows)
    throw new AppError('E_ARTIFACT_DAMAGED', { path: fundingFiles[0]?.path ?? symbol, problem: 'bars and funding have different rows' });
  const isGap = Uint8Array.from(bars.numbers['is_gap']!);
  const all = {
    ...bars.numbers,
    funding_event_ts: funding.numbers['funding_event_ts']!,
    funding_rate_scaled: funding.numbers['funding_rate_scaled']!,
  };
  const base = Object.fromEntries(baseColumns.map((name) => [name, all[name as keyof typeof all]]));
  const computed = computeFeatures(planned(context), base, isGap);
  const columns = featureColumns(context);
  const table: Table = {
    columns,
    rows: bars.rows,
    numbers: Object.fromEntries(columns.map(({ name }) => [name, computed[name] ?? base[name] ?? bars.numbers[name]!])),
    texts: {},
  };
  const outputs = await writeYears(context, table, (year) => context.paths.features(context.runId, symbol, year));
  return { symbol, inputs: [...barFiles, ...fundingFiles], outputs, counts: countFeatures(table, isGap), findings: [] };
}

function countFeatures(table: Table, isGap: Uint8Array): Record<string, unknown> {
  const missing: Record<string, number> = {};
  for (const { name } of table.columns) {
    let count = 0;
    const values = table.numbers[name]!;
    for (let row = 0; row < table.rows; row++) if (values[row] !== values[row]) count++;
    missing[name] = count;
  }
  const segments = gapFreeSegments(isGap);
  const lengths: number[] = [];
  for (let s = 0; s < segments.length; s += 2) lengths.push(segments[s + 1]! - segments[s]!);
  return {
    rows: table.rows,
    missing,
    segments: lengths.length,
    shortest_segment: lengths.length === 0 ? 0 : Math.min(...lengths),
    longest_segment: lengths.length === 0 ? 0 : Math.max(...lengths),
  };
}
