import { type Feature, outputsOf } from '../../core/define.ts';
import { baseColumns } from '../../features/lib/computeFeatures.ts';
import type { ColumnCatalog } from '../../research/study/compile.ts';
import { extraColumns } from './extraColumns.ts';
import { secondColumns } from './secondColumns.ts';

/** What studies may read, those on seconds something else: bar fields, funding, features and context columns known at their bar, and data that may be absent. */
export function studyCatalog(features: ReadonlyMap<string, Feature>): ColumnCatalog {
  const catalog = new Map<string, { reads: number; isOfBars?: boolean }>();
  for (const name of baseColumns) if (name !== 'timestamp') catalog.set(name, { reads: 0 });
  for (const feature of features.values())
    for (const output of outputsOf(feature)) if (output.retrospective !== true) catalog.set(output.name, { reads: feature.warmup });
  for (const name of Object.keys(extraColumns)) catalog.set(name, { reads: 0, isOfBars: false });
  // A look at 50 trades reaches back by no fixed time; on a market that is worth a study, by less than a minute.
  const seconds = new Map(
    Object.entries(secondColumns).map(([name, { dataset }]) => [
      name,
      { reads: name === 'trades.sign_entropy' ? 60 : 0, isOfBars: dataset === null },
    ]),
  );
  return Object.assign(catalog, { seconds });
}
