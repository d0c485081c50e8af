import { checkClock, checkDataRoot, checkDuckDb, checkLeftovers, checkLock, checkNode, checkPlugins, type Check } from '../lib/doctorChecks.ts';
import { defineCommand } from '../lib/command.ts';
import { pluginsOf } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'doctor',
  summary: 'check Node, DuckDB, the data root, disk, clock, lock and plugins; exit 1 when something must be mended',
  flags: [{ name: 'plugins', value: 'DIR', help: 'folder with your own units, to be loaded once (repeatable)', repeat: true }],
  examples: ['backtest doctor', 'backtest doctor --data-root /data/lake --plugins ./my-units'],
  run: async ({ effects, dataRoot, flags }) => {
    const { files, clock } = effects;
    await effects.http.close();
    const checks: Check[] = [
      await checkNode(files, process.versions.node),
      await checkDuckDb(dataRoot),
      ...(await checkDataRoot(effects, dataRoot)),
      checkClock(clock.now()),
      await checkLock(files, dataRoot),
      await checkLeftovers(files, dataRoot),
      ...(await checkPlugins(effects, dataRoot, pluginsOf(flags))),
    ];
    const failed = checks.filter(({ state }) => state === 'fail').length;
    const lines = checks.flatMap(({ id, state, message, next }) => [
      `${state.padEnd(4)}  ${id.padEnd(11)}  ${message}`,
      ...(next === '' ? [] : [`      next: ${next}`]),
    ]);
    return { data: { is_healthy: failed === 0, checks }, text: lines.join('\n'), exit: failed === 0 ? 0 : 1 };
  },
});
