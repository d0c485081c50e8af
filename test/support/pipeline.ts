import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEffects } from '../../src/lake/realEffects.ts';
import { openRunRegistry } from '../../src/stages/lib/runRegistry.ts';
import { resolversOf } from '../../src/stages/lib/resolvers.ts';
import { specFolders } from '../../src/stages/lib/specs.ts';
import { resolveRunConfig, type RunRequest } from '../../src/stages/lib/runConfig.ts';
import { type RunOptions, type RunOutcome, runPipeline } from '../../src/stages/lib/runPipeline.ts';
import type { Stage, StageContext, StageResult } from '../../src/stages/lib/stage.ts';
import { openContext } from '../../src/stages/lib/openContext.ts';
import { createHttp } from '../../src/venues/http.ts';

/** A folder that is removed by `removeFolders`. */
const folders: string[] = [];
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backtest-test-'));
  folders.push(folder);
  return folder;
}
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Runs the pipeline in this process, from source. */
export async function runInProcess(request: RunRequest, options: Partial<RunOptions> & { dataRoot: string }): Promise<RunOutcome> {
  const effects = options.effects ?? createEffects({ http: createHttp() });
  const plugins = options.plugins ?? [];
  const registry = openRunRegistry(options.dataRoot, plugins, effects);
  const config = await resolveRunConfig(request, resolversOf(registry, specFolders(effects.files, options.specs ?? null)));
  try {
    return await runPipeline({
      runId: null,
      plugins,
      archiveUrl: null,
      workers: 1,
      force: false,
      lockTimeoutMs: 1_000,
      signal: new AbortController().signal,
      progress: () => {},
      ...options,
      config,
      effects,
    });
  } finally {
    await effects.http.close();
  }
}

interface StageFolders {
  readonly dataRoot: string;
  readonly specs?: string;
  readonly archiveUrl?: string | null;
  readonly restUrl?: string | null;
}

/** Runs one stage without the stages before it, and then what is to be done with its result while its context is open. */
export async function withStage<T>(
  stage: Stage,
  request: RunRequest,
  { dataRoot, specs, archiveUrl = null, restUrl = null }: StageFolders,
  use: (context: StageContext, result: StageResult) => Promise<T>,
): Promise<T> {
  const effects = createEffects({ http: createHttp() });
  const registry = openRunRegistry(dataRoot, [], effects);
  const config = await resolveRunConfig(request, resolversOf(registry, specFolders(effects.files, specs ?? null)));
  const signal = new AbortController().signal;
  const parts = { runId: 'alone', config, dataRoot, plugins: [], registry, effects, signal, archiveUrl, restUrl, upstream: {}, note: () => {} };
  const opened = await openContext(parts);
  try {
    return await use(opened.context, await stage.finish!(opened.context, []));
  } finally {
    await opened.close();
    await effects.http.close();
  }
}

/** One stage without the stages before it. */
export const runStageAlone = (stage: Stage, request: RunRequest, folders: StageFolders): Promise<StageResult> =>
  withStage(stage, request, folders, (_, result) => Promise.resolve(result));
