import { type Feature, outputsOf } from '../../core/define.ts';
import type { ColumnSpec } from '../../core/table.ts';
import { columnReads } from '../../engine/intentColumns.ts';
import { planFeatures } from '../../features/lib/computeFeatures.ts';
import { type CompiledStudy, compileStudy } from '../../research/study/compile.ts';
import { columnsOf } from './artifacts.ts';
import { plannedOverlays } from './overlayPlan.ts';
import { compiledPolicies } from './policyPlan.ts';
import { edgeStrategyIds } from './portfolioConfig.ts';
import { edgeOverlays } from './portfolioEdges.ts';
import type { StageContext } from './stage.ts';
import { studyCatalog } from './studyCatalog.ts';

/** Columns of the feature table v1, a contract with other programs; strategies' further features follow them. */
export const contractColumns = columnsOf(
  'timestamp:timestamp open high low close funding_event_ts:timestamp funding_rate_scaled ret_1 logret_1 rv_96 rv_pct_2880 high_96 low_96 range_96 range_med_480',
);

/** The feature unit whose columns the context stage stores. */
export const contextFeature = 'funding_persistence';

type Units = Pick<StageContext, 'features' | 'strategies' | 'baselines' | 'config'>;

/** Features of the contract and those that the run's strategies read, each after what it reads itself. */
export function plannedFeatures(context: Units): Feature[] {
  const wanted = contractColumns.map(({ name }) => ({ column: name, by: 'feature table v1' }));
  // The strategies of the portfolio's edges need not be strategies of the run.
  const ofEdges = edgeStrategyIds(context.config).map((id) => context.baselines.get(id)!);
  for (const strategy of new Set([...context.strategies, ...ofEdges])) {
    for (const read of columnReads(strategy))
      if (!contextOutputs(context).has(read.name)) wanted.push({ column: read.name, by: `strategy ${strategy.id}` });
  }
  const { portfolio } = context.config;
  const readers = [
    ...compiledStudies(context).map(({ document, columns }) => ({ by: `study ${document.id}`, columns })),
    ...compiledPolicies(context).map(({ document, columns }) => ({ by: `policy study ${document.id}`, columns })),
    ...[...plannedOverlays(context), ...(portfolio === undefined ? [] : edgeOverlays(portfolio, context))].map(({ overlay, columns }) => ({
      by: `overlay ${overlay.id}`,
      columns,
    })),
  ];
  for (const { by, columns } of readers) wanted.push(...columns.filter((column) => isFeature(context, column)).map((column) => ({ column, by })));
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
