import { AppError } from '../core/errors.ts';
import { sliceTable, type Table } from '../core/table.ts';
import { baseColumns, computeFeatures, gapFreeSegments } from '../features/lib/computeFeatures.ts';
import { outputsWith, writeYears } from './lib/artifacts.ts';
import { cleanBarColumns, cleanFundingColumns } from './clean.ts';
import { featureColumns, plannedFeatures } from './lib/featurePlan.ts';
import { defineStage, type StageContext, type SymbolResult } from './lib/stage.ts';
import { rowsOf, warmupFiles } from './lib/warmup.ts';

export default defineStage({
  id: 'features',
  summary: 'computes feature columns from clean bars; every window restarts after a gap',
  after: ['clean'],
  parameters: (config) => ({ symbols: config.symbols, strategies: config.strategies.map(({ id }) => id) }),
  units: (context) => plannedFeatures(context).map((feature) => `feature/${feature.id}`),
  perSymbol: featuresOfSymbol,
});

async function featuresOfSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const before = warmupFiles(context, symbol, 'bars');
  const barFiles = [...before, ...outputsWith(context, 'clean', `/perp/${symbol}/bars_15m/`)];
  const fundingFiles = [...warmupFiles(context, symbol, 'funding'), ...outputsWith(context, 'clean', `/perp/${symbol}/funding_15m/`)];
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
  const computed = computeFeatures(plannedFeatures(context), base, isGap);
  const columns = featureColumns(context);
  const whole: Table = {
    columns,
    rows: bars.rows,
    numbers: Object.fromEntries(columns.map(({ name }) => [name, computed[name] ?? base[name] ?? bars.numbers[name]!])),
    texts: {},
  };
  const first = rowsOf(before);
  const table = sliceTable(whole, first, whole.rows);
  const outputs = await writeYears(context, table, (year) => context.paths.features(context.runId, symbol, year));
  return { symbol, inputs: [...barFiles, ...fundingFiles], outputs, counts: countFeatures(table, isGap.subarray(first)), findings: [] };
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
