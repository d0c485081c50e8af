import { verifyLake } from '../../stages/lib/verifyLake.ts';
import { auditResult } from '../lib/auditText.ts';
import { defineCommand } from '../lib/command.ts';
import { pluginsOf } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'verify',
  summary: 'check every file of the lake and of every run against its record; exit 1 on any difference',
  flags: [
    { name: 'run-id', value: 'ID', help: 'only this run' },
    { name: 'deep', help: 'decode every value of every table, raw months included' },
    { name: 'plugins', value: 'DIR', help: 'folder with your own units, to recompute their content keys (repeatable)', repeat: true },
  ],
  examples: ['backtest verify', 'backtest verify --run-id btcusdt-20210101-20221231-0123abcd --deep'],
  run: async ({ effects, dataRoot, flags, signal }) => {
    const runId = (flags['run-id'] as string | undefined) ?? null;
    const audit = await verifyLake({ effects, dataRoot, plugins: pluginsOf(flags), isDeep: flags['deep'] === true, runId, signal });
    await effects.http.close();
    return auditResult(audit);
  },
});
