import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveParams } from '../../src/core/params.ts';
import type { Strategy } from '../../src/core/intent.ts';
import type { Unit } from '../../src/core/define.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { openRunRegistry } from '../../src/stages/lib/openContext.ts';
import { resolveRunConfig, type RunRequest } from '../../src/stages/lib/runConfig.ts';
import { type RunOptions, type RunOutcome, runPipeline } from '../../src/stages/lib/runPipeline.ts';
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
  const config = await resolveRunConfig(request, async (id, given) =>
    resolveParams(id, (await registry.load<Strategy & Unit>('strategy', id)).params, given),
  );
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
