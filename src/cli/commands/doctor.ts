import { checkClock, checkDataRoot, checkDuckDb, checkLeftovers, checkLock, checkNode, checkPlugins, type Check } from '../lib/doctorChecks.ts';
import { defineCommand } from '../lib/command.ts';
import { pluginsOf } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'doctor',
  summary: 'check Node, DuckDB, the data root, disk, clock, lock and plugins',
  task: 'tools',
  about:
    'Looks at everything a run needs besides data: the versions of Node and DuckDB, whether the data root can be written and has ' +
    'space, the clock, the lock of the lake, what interrupted processes left, and whether your plugins load. Each line says what to ' +
    'do next. Leaves nothing behind.',
  no: 'something must be mended',
  flags: [{ name: 'plugins', value: 'DIR', help: 'folder with your own units, to be loaded once (repeatable)', repeat: true, completes: 'folder' }],
  seeAlso: ['verify', 'gc'],
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
