import type { Effects } from '../../core/effects.ts';
import type { Feature } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Unit } from '../../core/define.ts';
import { accountingOf } from '../../engine/accountings.ts';
import { planForStrategies } from '../../features/lib/planForStrategies.ts';
import { type DuckDb, openDuckDb } from '../../lake/duckdb.ts';
import { lakePaths } from '../../lake/paths.ts';
import { createTableStore } from '../../lake/tableStore.ts';
import type { Registry } from '../../registry/discover.ts';
import { plannedOverlays, requireFitting } from './overlayPlan.ts';
import { baselineIds } from './policyPlan.ts';
import { edgeStrategyIds } from './portfolioConfig.ts';
import type { RunConfig } from './runConfig.ts';
import { openRunRegistry } from './runRegistry.ts';
import type { Manifest, StageContext } from './stage.ts';

/** What a context is made of; plain data besides effects and signal, so that a worker can make the same one. */
export interface ContextParts {
  readonly runId: string;
  readonly config: RunConfig;
  readonly dataRoot: string;
  readonly plugins: readonly string[];
  readonly archiveUrl: string | null;
  readonly restUrl?: string | null;
  readonly refresh?: boolean;
  readonly force?: boolean;
  readonly upstream: Readonly<Record<string, Manifest>>;
  readonly effects: Effects;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly registry?: Registry;
}

export interface OpenContext {
  readonly context: StageContext;
  close(): Promise<void>;
}

/** Opens everything that stages touch. DuckDB starts only when a table is first read or written. */
export async function openContext(parts: ContextParts): Promise<OpenContext> {
  const paths = lakePaths(parts.dataRoot);
  const registry = parts.registry ?? openRunRegistry(parts.dataRoot, parts.plugins, parts.effects);
  let db: Promise<DuckDb> | null = null;
  const store = createTableStore({
    files: parts.effects.files,
    uniqueName: parts.effects.uniqueName,
    dataRoot: paths.root,
    cacheRoot: paths.cache(),
    db: () => (db ??= openDuckDb({ allowedFolders: [paths.root] })),
  });
  const features = await registry.loadAll<Feature>('feature');
  const strategies = await Promise.all(parts.config.strategies.map(({ id }) => registry.load<Strategy & Unit>('strategy', id)));
  checkStrategies(strategies, features, parts.config);
  requireFitting(
    plannedOverlays({ config: parts.config, features }).map(({ overlay }) => overlay),
    strategies,
  );
  const baselines = new Map<string, Strategy>();
  for (const id of [...baselineIds(parts.config), ...edgeStrategyIds(parts.config)])
    baselines.set(id, await registry.load<Strategy & Unit>('strategy', id));
  for (const strategy of baselines.values()) planForStrategies([strategy], features);
  const { runId, config, effects, upstream, archiveUrl, restUrl = null, refresh = false, force = false, signal, note } = parts;
  return {
    context: {
      runId,
      config,
      paths,
      effects,
      store,
      registry,
      features,
      strategies,
      baselines,
      upstream,
      trials: null,
      priorTrials: {},
      trust: {},
      isForced: force,
      archiveUrl,
      restUrl,
      refresh,
      signal,
      note,
    },
    close: async () => {
      if (db !== null) await (await db).close();
    },
  };
}

/** @throws E_INTENT_UNSUPPORTED, E_COLUMN_RETROSPECTIVE, E_COLUMN_UNKNOWN, E_FEATURE_CYCLE before any stage runs */
function checkStrategies(strategies: readonly Strategy[], features: ReadonlyMap<string, Feature>, config: RunConfig): void {
  const accounting = accountingOf(config.accounting);
  for (const strategy of strategies) {
    accounting.check(strategy);
    planForStrategies([strategy], features);
  }
}
