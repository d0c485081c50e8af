import { AppError } from '../../core/errors.ts';
import { outputsOf } from '../../core/define.ts';
import type { ColumnSpec, Columns } from '../../core/table.ts';
import type { Frame } from '../../engine/frame.ts';
import { settlingRates } from '../../market/alignFunding.ts';
import { cleanBarColumns } from '../clean.ts';
import { contextColumns } from '../context.ts';
import { outputsWith } from './artifacts.ts';
import { contextFeature, featureColumns } from './featurePlan.ts';
import type { Artifact, StageContext } from './stage.ts';

export interface LoadedFrame {
  readonly frame: Frame;
  /** Context columns by name, retrospective ones included; for reports, never for strategies. */
  readonly context: Columns;
  readonly inputs: readonly Artifact[];
}

/** Clean bars, features and context of one symbol as one frame. Retrospective columns stay out of it. */
export async function loadFrame(context: StageContext, symbol: string): Promise<LoadedFrame> {
  const barFiles = outputsWith(context, 'clean', `/perp/${symbol}/bars_15m/`);
  const featureFiles = outputsWith(context, 'features', `/perp/${symbol}/`);
  const contextFiles = outputsWith(context, 'context', `/${symbol}/`);
  const numeric = (columns: readonly ColumnSpec[]) => columns.filter(({ type }) => type !== 'text');
  const bars = await context.store.read(barFiles, cleanBarColumns);
  // What clean bars have too is taken from there.
  const ofBars = new Set(cleanBarColumns.map(({ name }) => name));
  const features = await context.store.read(
    featureFiles,
    numeric(featureColumns(context)).filter(({ name }) => !ofBars.has(name)),
  );
  const state = await context.store.read(contextFiles, numeric(contextColumns));
  for (const [table, files] of [
    [features, featureFiles],
    [state, contextFiles],
  ] as const) {
    if (table.rows !== bars.rows)
      throw new AppError('E_ARTIFACT_DAMAGED', {
        path: files[0]?.path ?? symbol,
        problem: `it has ${table.rows} rows, the clean bars have ${bars.rows}`,
      });
  }
  const openTime = bars.numbers['timestamp']!;
  const retrospective = new Set(
    outputsOf(context.features.get(contextFeature)!)
      .filter((output) => output.retrospective === true)
      .map(({ name }) => name),
  );
  const causalState = Object.fromEntries(Object.entries(state.numbers).filter(([name]) => !retrospective.has(name)));
  const { is_gap: isGap, open, high, low, close, volume } = bars.numbers as Record<string, Float64Array>;
  const frame: Frame = {
    symbol,
    rows: bars.rows,
    openTime,
    columns: { ...causalState, ...features.numbers, open: open!, high: high!, low: low!, close: close!, volume: volume! },
    isGap: Uint8Array.from(isGap!),
    quality: bars.numbers['quality']!,
    fundingRate: settlingRates(openTime, features.numbers['funding_event_ts']!, features.numbers['funding_rate_scaled']!),
  };
  return { frame, context: state.numbers, inputs: [...barFiles, ...featureFiles, ...contextFiles] };
}
