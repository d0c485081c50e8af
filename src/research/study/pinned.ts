import { formatDay } from '../../core/time.ts';
import type { CompiledStudy } from './compile.ts';
import type { StudyDocument } from './document.ts';
import type { PreparedStudy } from './prepare.ts';

/** What a study fitted, as numbers: whoever detects its events later takes these and fits nothing. */
export interface PinnedThresholds {
  /** By symbol, then by threshold: every fitted one, no fixed one. */
  readonly thresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** First and last UTC day of the data that they were fitted on. */
  readonly fitted_on: readonly [string, string];
}

/** Thresholds that a study fits on data, by name. */
export function fittedIds({ thresholds }: StudyDocument): string[] {
  return Object.entries(thresholds).flatMap(([id, rule]) => ('fixed' in rule ? [] : [id]));
}

/** The numbers that a prepared study fitted on its development slice; null for a study that fits none. */
export function pinnedThresholds(
  { document }: CompiledStudy,
  { symbols, slices }: Pick<PreparedStudy, 'symbols' | 'slices'>,
): PinnedThresholds | null {
  const ids = fittedIds(document);
  const development = slices.find(({ id }) => id === 'development');
  if (ids.length === 0 || development === undefined) return null;
  return {
    thresholds: Object.fromEntries(
      symbols.map(({ series }) => [series.frame.symbol, Object.fromEntries(ids.map((id) => [id, series.thresholds[id]!]))]),
    ),
    fitted_on: [formatDay(development.start), formatDay(development.end - 1)],
  };
}

/** All thresholds of a study on one symbol, fitted ones as they were pinned; null where one of them was not. */
export function thresholdsFrom({ document }: CompiledStudy, pinned: Readonly<Record<string, number>> = {}): Record<string, number> | null {
  const values: Record<string, number> = {};
  for (const [id, rule] of Object.entries(document.thresholds)) {
    const value = 'fixed' in rule ? rule.fixed : Object.hasOwn(pinned, id) ? pinned[id] : undefined;
    if (value === undefined) return null;
    values[id] = value;
  }
  return values;
}
