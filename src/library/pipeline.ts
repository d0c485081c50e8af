import { resolve } from 'node:path';
import type { ParamValue } from '../core/params.ts';
import { accountingOf } from '../engine/accountings.ts';
import { createEffects } from '../lake/realEffects.ts';
import { openRunRegistry } from '../stages/lib/runRegistry.ts';
import { resolversOf } from '../stages/lib/resolvers.ts';
import { resolveRunConfig } from '../stages/lib/runConfig.ts';
import { type ProgressEvent, runPipeline as runStages, type RunOutcome } from '../stages/lib/runPipeline.ts';
import { specFolders } from '../stages/lib/specs.ts';
import { createHttp } from '../venues/http.ts';

/** What to run: the keys of a configuration file, with the same defaults and meaning as the flags of `backtest run`. */
export interface PipelineRequest {
  readonly symbols: string | readonly string[];
  /** First and last UTC day, both included, `YYYY-MM-DD`. */
  readonly start: string;
  readonly end: string;
  /** Event studies to run beside the backtest, or `all`. */
  readonly studies?: string | readonly string[];
  /** Policy studies to run beside the backtest, each with its parent study, or `all`. */
  readonly policy?: string | readonly string[];
  /** Ranks what studies and policy studies found. */
  readonly edge_candidates?: boolean;
  /** Studies and policy studies whose sealed last slice is looked at. */
  readonly open_holdout?: string | readonly string[];
  /** Overlays that act on every strategy, by name or `name@version`. */
  readonly overlays?: string | readonly string[];
  /** Least that must stand behind each overlay: `declared` (default), `candidate`, `recorded` or `verified`. */
  readonly trust?: string;
  /** Runs edges together as a portfolio: the document, and modes and universe instead of those it names. */
  readonly portfolio?: boolean;
  readonly portfolio_spec?: string;
  readonly portfolio_modes?: string | readonly string[];
  readonly portfolio_symbols?: string | readonly string[];
  /** Judges the portfolio by the gates of its document. */
  readonly validate_portfolio?: boolean;
  /** Warms features up on bars before `start`. */
  readonly warmup?: boolean;
  /** `binance` (default) or `sample`. */
  readonly source?: string;
  readonly seed?: number;
  readonly strategies?: string | readonly string[];
  /** Parameters by strategy id. */
  readonly strategy_params?: Readonly<Record<string, Readonly<Record<string, ParamValue>>>>;
  readonly accounting?: string;
  readonly compat?: 'reference' | null;
  readonly fee_bps_per_side?: number;
  readonly slippage_bps_per_fill?: number;
  readonly cost_bps?: number;
  readonly initial_equity?: number;
  readonly allow_missing_funding?: boolean;
  readonly allow_constant_funding?: boolean;
  readonly allow_funding_timestamp_rounding?: boolean;
  readonly skip_ingest_ohlcv?: boolean;
  readonly skip_ingest_funding?: boolean;
}

export interface PipelineOptions {
  /** Folder of all data; made when it is not there. */
  readonly dataRoot: string;
  /** Folders with units of your own. */
  readonly plugins?: readonly string[];
  /** Folder with study documents of your own. */
  readonly specs?: string;
  /** Derived from the configuration when left out. */
  readonly runId?: string;
  /** Servers with the venue's layout; the venue's own when left out. */
  readonly archiveUrl?: string;
  readonly restUrl?: string;
  /** Threads for symbols; results never depend on it. Default: as many as the work is worth. */
  readonly workers?: number;
  /** Runs every stage again and replaces the run. */
  readonly force?: boolean;
  /** Ends the run with E_INTERRUPTED; the same call continues it. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for another run on the same data root. Default 60,000. */
  readonly lockTimeoutMs?: number;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/**
 * The whole pipeline, as `backtest run` does it: ingest, clean, features, context, backtest, report. A call with the same
 * request is the same run: finished, it does nothing; interrupted, it continues.
 *
 * @returns the run's id and manifests, and the stages that did work this time; `openRun` reads the results
 * @throws any AppError of the pipeline; docs/errors.md says what to do about each
 */
export async function runPipeline(request: PipelineRequest, options: PipelineOptions): Promise<RunOutcome> {
  const dataRoot = resolve(options.dataRoot);
  const { plugins = [], runId = null, archiveUrl = null, restUrl = null, workers = null, force = false } = options;
  const { signal = new AbortController().signal, lockTimeoutMs = 60_000, onProgress = () => {} } = options;
  const effects = createEffects({ http: createHttp() });
  try {
    const registry = openRunRegistry(dataRoot, plugins, effects);
    const config = await resolveRunConfig({ ...request }, resolversOf(registry, specFolders(effects.files, options.specs ?? null)));
    registry.find('source', config.source);
    accountingOf(config.accounting);
    const parts = {
      config,
      dataRoot,
      plugins,
      specs: options.specs ?? null,
      runId,
      archiveUrl,
      restUrl,
      workers,
      force,
      lockTimeoutMs,
      effects,
      signal,
    };
    return await runStages({ ...parts, progress: onProgress });
  } finally {
    await effects.http.close();
  }
}
