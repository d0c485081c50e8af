import type { Finding } from '../../core/findings.ts';
import { barMs, formatDay } from '../../core/time.ts';
import type { CleanBars } from '../../market/cleanBars.ts';
import { outputsWith } from './artifacts.ts';
import { plannedFeatures } from './featurePlan.ts';
import { windowOf } from './runConfig.ts';
import type { Artifact, StageContext } from './stage.ts';

/**
 * `--warmup`: bars before the run's window feed the features and nothing else. Ingest and clean reach back by as many
 * bars as the slowest feature needs; clean keeps those in tables of their own; features and context read them before
 * the window's rows and leave them out of what they write. So every later stage sees the window alone.
 */

type Run = Pick<StageContext, 'config' | 'features' | 'strategies' | 'baselines'>;

/** Bars before the window that the run's slowest feature needs for a value at its first bar; 0 unless the run asks. */
export function warmupBars(context: Run): number {
  if (context.config.warmup !== true) return 0;
  return Math.max(0, ...plannedFeatures(context).map(({ warmup }) => warmup));
}

/** Half-open instant range of the run's window and of the bars before it that warm features up. */
export function warmWindowOf(context: Run): { start: number; end: number } {
  const { start, end } = windowOf(context.config);
  return { start: start - warmupBars(context) * barMs, end };
}

/** What a stage whose result depends on warming up adds to its parameters: nothing when the run does not ask. */
export function warmupParameter(context: Run): { readonly warmup_bars?: number } {
  const bars = warmupBars(context);
  return bars === 0 ? {} : { warmup_bars: bars };
}

/** Bars or funding before the window, as clean wrote them: one file or none. */
export function warmupFiles(context: StageContext, symbol: string, table: 'bars' | 'funding'): Artifact[] {
  return outputsWith(context, 'clean', `/perp/${symbol}/warmup/${table}_15m.parquet`);
}

export function rowsOf(files: readonly Artifact[]): number {
  return files.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}

/** What to know when fewer bars than needed lead to the window in one piece: features then begin later. */
export function warmupFindings(context: StageContext, symbol: string, before: Pick<CleanBars, 'rows' | 'isGap'>): Finding[] {
  const needed = warmupBars(context);
  let found = 0;
  while (found < Math.min(before.rows, needed) && before.isGap[before.rows - 1 - found] === 0) found++;
  if (found >= needed) return [];
  const message = `${found} of ${needed} bars lead to ${formatDay(context.config.start)} without a gap; features that need more begin later`;
  return [{ code: 'WARMUP_SHORT', severity: 'warning', subject: symbol, message, observed: found, allowed: needed }];
}
