import { type Feature, outputsOf } from '../../core/define.ts';
import { AppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { columnReads } from '../../engine/intentColumns.ts';
import { planFeatures } from './computeFeatures.ts';

/** Columns that are known later than their bar: no strategy may read them and no frame carries them. */
export function retrospectiveColumns(features: ReadonlyMap<string, Feature>): Set<string> {
  const promises = [...features.values()].flatMap((feature) => outputsOf(feature));
  return new Set(['gap_len', 'is_gap', ...promises.filter((output) => output.retrospective === true).map(({ name }) => name)]);
}

/**
 * The features behind every column that the strategies read, each after what it reads itself.
 *
 * @throws E_COLUMN_RETROSPECTIVE for a column that is known later than its bar; E_COLUMN_UNKNOWN, E_FEATURE_CYCLE as planFeatures
 */
export function planForStrategies(strategies: readonly Strategy[], features: ReadonlyMap<string, Feature>): Feature[] {
  const retrospective = retrospectiveColumns(features);
  const wanted = strategies.flatMap((strategy) => columnReads(strategy).map(({ name }) => ({ column: name, by: `strategy ${strategy.id}` })));
  for (const { column, by } of wanted) if (retrospective.has(column)) throw new AppError('E_COLUMN_RETROSPECTIVE', { unit: by, column });
  return planFeatures(wanted, features);
}
