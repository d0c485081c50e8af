import type { OverlayBindings } from '../../engine/overlay/bindings.ts';
import type { ReportOverlays } from '../../report/model.ts';
import { outputsWith, readText } from './artifacts.ts';
import type { Artifact, StageContext } from './stage.ts';

/** What the run's overlays did, from its file, with what stood behind them when it began. */
export async function readReportOverlays(context: StageContext): Promise<{ overlays: ReportOverlays | null; inputs: Artifact[] }> {
  const [file] = outputsWith(context, 'backtest', '/overlay_bindings.json');
  if (file === undefined) return { overlays: null, inputs: [] };
  const documents = (context.config.overlays ?? []).map(({ name, version, condition, action }) => ({
    name,
    version,
    condition,
    action,
    trust: context.trust[`overlay:${name}@${version}`] ?? ('declared' as const),
  }));
  return { overlays: { documents, bindings: JSON.parse(await readText(context, file)) as OverlayBindings }, inputs: [file] };
}
