import type { CodedText, Table } from '../core/table.ts';
import { computeFeatures } from '../features/lib/computeFeatures.ts';
import { cleanFundingColumns } from './clean.ts';
import { columnsOf, outputsWith, toArtifact } from './lib/artifacts.ts';
import { contextFeature } from './lib/featurePlan.ts';
import { defineStage, type StageContext, type SymbolResult } from './lib/stage.ts';
import { rowsOf, warmupFiles } from './lib/warmup.ts';

/** Frozen version label of the definition. */
const definitionVersion = 'v1';

export const contextColumns = columnsOf(
  'timestamp:timestamp fp_def_version:text fp_active:int8 fp_age_bars:int32 fp_event_id:text fp_enter_ts:timestamp fp_exit_ts:timestamp fp_severity fp_norm_due:int8',
);

export default defineStage({
  id: 'context',
  summary: 'describes how long funding has stayed extreme (funding persistence v1)',
  after: ['clean'],
  parameters: (config) => ({ symbols: config.symbols }),
  units: () => [`feature/${contextFeature}`],
  perSymbol: contextOfSymbol,
});

async function contextOfSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const before = warmupFiles(context, symbol, 'funding');
  const files = [...before, ...outputsWith(context, 'clean', `/perp/${symbol}/funding_15m/`)];
  const funding = await context.store.read(files, cleanFundingColumns);
  const feature = context.features.get(contextFeature)!;
  const base = { timestamp: funding.numbers['timestamp']!, funding_rate_scaled: funding.numbers['funding_rate_scaled']! };
  const whole = computeFeatures([feature], base, new Uint8Array(funding.rows));
  const first = rowsOf(before);
  const rows = funding.rows - first;
  const state = Object.fromEntries(Object.entries({ timestamp: base.timestamp, ...whole }).map(([name, column]) => [name, column.subarray(first)]));
  const events = numberFromOne(state['fp_event']!);
  const table: Table = {
    columns: contextColumns,
    rows,
    numbers: state,
    texts: {},
    coded: {
      fp_def_version: { codes: new Float64Array(rows), dictionary: [definitionVersion] },
      fp_event_id: eventIds(symbol, events),
    },
  };
  const written = toArtifact(await context.store.write(context.paths.context(context.runId, symbol), table));
  const active = countOnes(state['fp_active']!);
  return {
    symbol,
    inputs: files,
    outputs: [written],
    counts: { rows, active_bars: active, events: largest(events), definition: definitionVersion },
    findings: [],
  };
}

/** Event numbers with those before the window left out: a run's first event is its number 1. */
function numberFromOne(numbers: Float64Array): Float64Array {
  let first = Infinity;
  for (let row = 0; row < numbers.length; row++) if (numbers[row]! < first) first = numbers[row]!;
  return first === 1 || first === Infinity ? numbers : numbers.map((number) => number - first + 1);
}

function largest(numbers: Float64Array): number {
  let most = 0;
  for (let row = 0; row < numbers.length; row++) if (numbers[row]! > most) most = numbers[row]!;
  return most;
}

function countOnes(flags: Float64Array): number {
  let count = 0;
  for (let row = 0; row < flags.length; row++) if (flags[row] === 1) count++;
  return count;
}

/** Ids of numbered events: `fp_v1_<symbol>_<6 digits>`, missing outside events. */
function eventIds(symbol: string, numbers: Float64Array): CodedText {
  const dictionary = Array.from({ length: largest(numbers) }, (_, index) => `fp_v1_${symbol}_${String(index + 1).padStart(6, '0')}`);
  return { codes: numbers.map((number) => number - 1), dictionary };
}
