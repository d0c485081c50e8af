import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { specFolders } from '../../stages/lib/specs.ts';
import type { RunOptions } from '../../stages/lib/runPipeline.ts';
import type { Invocation } from './command.ts';
import { readLayers, resolveLayers } from './configLayers.ts';
import { progressReporter } from './progress.ts';
import { pluginsOf, specsOf, wholeFlag } from './runRequest.ts';

/** A command line as pipeline options: configuration resolved, every unit known to exist. */
export async function prepareRun(invocation: Invocation): Promise<RunOptions> {
  const { dataRoot, effects, flags, signal } = invocation;
  const plugins = pluginsOf(flags);
  const config = await resolveLayers(
    await readLayers(invocation),
    openRunRegistry(dataRoot, plugins, effects),
    specFolders(effects.files, specsOf(flags)),
  );
  return {
    config,
    dataRoot,
    runId: (flags['run-id'] as string | undefined) ?? null,
    plugins,
    specs: specsOf(flags),
    archiveUrl: (flags['archive-url'] as string | undefined) ?? null,
    restUrl: (flags['rest-url'] as string | undefined) ?? null,
    refresh: flags['refresh'] === true,
    workers: wholeFlag(flags, 'workers', null, 1),
    force: flags['force'] === true,
    lockTimeoutMs: wholeFlag(flags, 'lock-timeout', 60, 0) * 1000,
    effects,
    signal,
    progress: progressReporter(invocation),
  };
}
