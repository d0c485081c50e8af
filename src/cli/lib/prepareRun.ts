import { availableParallelism } from 'node:os';
import { accountingOf } from '../../engine/accountings.ts';
import { resolveParams } from '../../core/params.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Unit } from '../../core/define.ts';
import { resolveRunConfig } from '../../stages/lib/runConfig.ts';
import { openRunRegistry } from '../../stages/lib/openContext.ts';
import type { ProgressEvent, RunOptions } from '../../stages/lib/runPipeline.ts';
import type { Invocation } from './command.ts';
import { pluginsOf, runRequest, wholeFlag } from './runRequest.ts';

/** A command line as pipeline options: configuration resolved, every unit known to exist. */
export async function prepareRun(invocation: Invocation): Promise<RunOptions> {
  const { dataRoot, effects, flags, signal } = invocation;
  const plugins = pluginsOf(flags);
  const registry = openRunRegistry(dataRoot, plugins, effects);
  const config = await resolveRunConfig(await runRequest(invocation), async (id, given) => {
    registry.find('strategy', id);
    return resolveParams(id, (await registry.load<Strategy & Unit>('strategy', id)).params, given);
  });
  registry.find('source', config.source);
  accountingOf(config.accounting);
  return {
    config,
    dataRoot,
    runId: (flags['run-id'] as string | undefined) ?? null,
    plugins,
    archiveUrl: (flags['archive-url'] as string | undefined) ?? null,
    restUrl: (flags['rest-url'] as string | undefined) ?? null,
    refresh: flags['refresh'] === true,
    workers: wholeFlag(flags, 'workers', availableParallelism(), 1),
    force: flags['force'] === true,
    lockTimeoutMs: wholeFlag(flags, 'lock-timeout', 60, 0) * 1000,
    effects,
    signal,
    progress: (event) => reportProgress(invocation, event),
  };
}

/** One line per stage on stderr. */
export function reportProgress(invocation: Invocation, event: ProgressEvent): void {
  if (event.type === 'run') {
    invocation.note(`run ${event.runId}${event.reason === null ? '' : ` (${event.reason})`}`);
  } else if (event.type === 'note') {
    invocation.note(`  ${event.stage.padEnd(16)} ${event.text}`, { isTransient: true });
  } else if (event.state !== 'start') {
    invocation.note(`  ${event.stage.padEnd(16)} ${event.state === 'current' ? 'up to date' : `${(event.ms / 1000).toFixed(2)} s`}`);
  }
}
