import { type Feature, outputsOf } from '../../core/define.ts';
import type { ColumnSpec } from '../../core/table.ts';
import { columnReads } from '../../engine/intentColumns.ts';
import { planFeatures } from '../../features/lib/computeFeatures.ts';
import { type CompiledStudy, compileStudy } from '../../research/study/compile.ts';
import { columnsOf } from './artifacts.ts';
import type { StageContext } from './stage.ts';
import { studyCatalog } from './studyCatalog.ts';

/** Columns of the feature table v1, a contract with other programs; strategies' further features follow them. */
export const contractColumns = columnsOf(
  'timestamp:timestamp open high low close funding_event_ts:timestamp funding_rate_scaled ret_1 logret_1 rv_96 rv_pct_2880 high_96 low_96 range_96 range_med_480',
);

/** The feature unit whose columns the context stage stores. */
export const contextFeature = 'funding_persistence';

type Units = Pick<StageContext, 'features' | 'strategies' | 'config'>;

/** Features of the contract and those that the run's strategies read, each after what it reads itself. */
export function plannedFeatures(context: Units): Feature[] {
  const wanted = contractColumns.map(({ name }) => ({ column: name, by: 'feature table v1' }));
  for (const strategy of context.strategies) {
    for (const read of columnReads(strategy))
      if (!contextOutputs(context).has(read.name)) wanted.push({ column: read.name, by: `strategy ${strategy.id}` });
  }
  for (const { document, columns } of compiledStudies(context)) {
    const ofFeatures = columns.filter((column) => isFeature(context, column));
    wanted.push(...ofFeatures.map((column) => ({ column, by: `study ${document.id}` })));
  }
  return planFeatures(wanted, context.features);
}

/** Columns of the run's feature table, in order; the bars' quality flags come last. */
export function featureColumns(context: Units): ColumnSpec[] {
  const names = new Set(contractColumns.map(({ name }) => name));
  const more = plannedFeatures(context)
    .flatMap((feature) => outputsOf(feature))
    .filter(({ name }) => !names.has(name));
  return [...contractColumns, ...more.map(({ name }) => ({ name, type: 'double' as const })), { name: 'quality', type: 'int32' }];
}

/** The run's studies, checked against what there is to read. @throws E_FORMULA, E_STUDY */
export function compiledStudies({ config, features }: Pick<StageContext, 'config' | 'features'>): CompiledStudy[] {
  const catalog = studyCatalog(features);
  return (config.studies ?? []).map((document) => compileStudy(document, catalog));
}

function isFeature(context: Units, column: string): boolean {
  return (
    !contextOutputs(context).has(column) && [...context.features.values()].some((feature) => outputsOf(feature).some(({ name }) => name === column))
  );
}

function contextOutputs({ features }: Pick<StageContext, 'features'>): Set<string> {
  const feature = features.get(contextFeature);
  return new Set(feature === undefined ? [] : outputsOf(feature).map(({ name }) => name));
}
