import type { FormulaValues } from '../../formula/evaluate.ts';
import { quantiles } from '../../stats/quantile.ts';
import type { CompiledStudy } from './compile.ts';
import { detectEvents } from './detect.ts';
import { type RowRange, type StudyFrame, StudySeries } from './frame.ts';

/** How one threshold of one symbol came to be. */
export interface FittedThreshold {
  readonly id: string;
  readonly symbol: string;
  /** Level of the quantile; null for a fixed number. */
  readonly level: number | null;
  readonly value: number | null;
  /** Events on the development slice at this level; null where the level was not calibrated. */
  readonly events: number | null;
  readonly isSelected: boolean;
}

/**
 * A symbol's thresholds, fitted on the development slice only, with every level that was looked at.
 *
 * A calibrated threshold takes, of the levels with enough events on the development slice, the strictest or loosest; where
 * none has enough, the loosest level of the grid. A symbol without a finite value has no thresholds.
 *
 * @source research specification 10.2 (ThresholdSpec, FitScope), 11.1 S-01
 */
export function fitThresholds(
  study: CompiledStudy,
  { frame, shared, development }: { frame: StudyFrame; shared: FormulaValues; development: RowRange },
): { scalars: Readonly<Record<string, number>> | null; fitted: FittedThreshold[] } {
  const scalars: Record<string, number> = {};
  const at = (thresholds: Readonly<Record<string, number>>) => new StudySeries(frame, study, { thresholds, shared });
  const fitted: FittedThreshold[] = [];
  const plain = study.thresholds.filter(({ rule }) => !('calibrated' in rule));
  const calibrated = study.thresholds.find(({ rule }) => 'calibrated' in rule);
  for (const { id, of, rule } of plain) {
    if ('fixed' in rule) {
      scalars[id] = rule.fixed;
      fitted.push({ id, symbol: frame.symbol, level: null, value: rule.fixed, events: null, isSelected: true });
      continue;
    }
    const level = 'quantile' in rule ? rule.quantile : 0.5;
    const value = developmentQuantiles(at(scalars).of(of!), development, [level])[0]!;
    fitted.push({ id, symbol: frame.symbol, level, value: Number.isFinite(value) ? value : null, events: null, isSelected: true });
    if (!Number.isFinite(value)) return { scalars: null, fitted };
    scalars[id] = value;
  }
  if (calibrated === undefined || !('calibrated' in calibrated.rule)) return { scalars, fitted };
  const { grid, min_events: least, prefer } = calibrated.rule.calibrated;
  const levels = [...new Set(grid)].sort((a, b) => a - b);
  const values = developmentQuantiles(at(scalars).of(calibrated.of!), development, levels);
  const counts = values.map((value) => {
    if (!Number.isFinite(value)) return 0;
    const { events } = detectEvents(at({ ...scalars, [calibrated.id]: value }));
    return events.filter(({ anchor }) => anchor >= development.from && anchor < development.to).length;
  });
  const enough = levels.map((_, i) => i).filter((i) => counts[i]! >= least);
  const selected = (prefer === 'strictest' ? enough.at(-1) : enough[0]) ?? 0;
  levels.forEach((level, i) => {
    const value = Number.isFinite(values[i]) ? values[i]! : null;
    fitted.push({ id: calibrated.id, symbol: frame.symbol, level, value, events: counts[i]!, isSelected: i === selected });
  });
  if (!Number.isFinite(values[selected])) return { scalars: null, fitted };
  return { scalars: { ...scalars, [calibrated.id]: values[selected]! }, fitted };
}

function developmentQuantiles(values: Float64Array, { from, to }: RowRange, levels: readonly number[]): number[] {
  const present = values.subarray(from, to).filter((value) => Number.isFinite(value));
  if (present.length === 0) return levels.map(() => Number.NaN);
  return quantiles(present, levels).map((value) => value ?? Number.NaN);
}
