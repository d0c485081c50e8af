import type { CodedText, Table } from '../core/table.ts';
import { computeFeatures } from '../features/lib/computeFeatures.ts';
import { cleanFundingColumns } from './clean.ts';
import { columnsOf, outputsWith, toArtifact } from './lib/artifacts.ts';
import { defineStage, type StageContext, type SymbolResult } from './lib/stage.ts';

/** The feature unit whose columns this stage stores. */
export const contextFeature = 'funding_persistence';

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
  const files = outputsWith(context, 'clean', `/perp/${symbol}/funding_15m/`);
  const funding = await context.store.read(files, cleanFundingColumns);
  const feature = context.features.get(contextFeature)!;
  const base = { timestamp: funding.numbers['timestamp']!, funding_rate_scaled: funding.numbers['funding_rate_scaled']! };
  const state = computeFeatures([feature], base, new Uint8Array(funding.rows));
  const table: Table = {
    columns: contextColumns,
    rows: funding.rows,
    numbers: { timestamp: base.timestamp, ...state },
    texts: {},
    coded: {
      fp_def_version: { codes: new Float64Array(funding.rows), dictionary: [definitionVersion] },
      fp_event_id: eventIds(symbol, state['fp_event']!),
    },
  };
  const written = toArtifact(await context.store.write(context.paths.context(context.runId, symbol), table));
  const active = state['fp_active']!.reduce((sum, value) => sum + value, 0);
  const events = state['fp_event']!.reduce((most, value) => (value > most ? value : most), 0);
  return {
    symbol,
    inputs: files,
    outputs: [written],
    counts: { rows: funding.rows, active_bars: active, events, definition: definitionVersion },
    findings: [],
  };
}

/** Ids of numbered events: `fp_v1_<symbol>_<6 digits>`, missing outside events. */
function eventIds(symbol: string, numbers: Float64Array): CodedText {
  const events = numbers.reduce((most, number) => (number > most ? number : most), 0);
  const dictionary = Array.from({ length: events }, (_, index) => `fp_v1_${symbol}_${String(index + 1).padStart(6, '0')}`);
  return { codes: numbers.map((number) => number - 1), dictionary };
}
