import { verifyLake } from '../../stages/lib/verifyLake.ts';
import { auditResult } from '../lib/auditText.ts';
import { defineCommand } from '../lib/command.ts';
import { pluginsOf } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'verify',
  summary: 'check every file of the lake and of every run against its record',
  task: 'checks',
  about:
    'Compares every stored file with the hash that its manifest or provenance record names, manifests with their seals, content keys ' +
    'with inputs, parameters and code, and money with its accounting identities. Changes nothing and takes no lock; says what to do ' +
    'about each difference.',
  no: 'something differs from its record',
  flags: [
    { name: 'run-id', value: 'ID', help: 'only this run', completes: 'run' },
    { name: 'deep', help: 'decode every value of every table, raw months included' },
    {
      name: 'plugins',
      value: 'DIR',
      help: 'folder with your own units, to recompute their content keys (repeatable)',
      repeat: true,
      completes: 'folder',
    },
  ],
  examples: ['backtest verify', 'backtest verify --deep --json', 'backtest verify --run-id btcusdt-20210101-20221231-0123abcd --deep'],
  seeAlso: ['runs', 'doctor', 'gc'],
  run: async ({ effects, dataRoot, flags, signal }) => {
    const runId = (flags['run-id'] as string | undefined) ?? null;
    const audit = await verifyLake({ effects, dataRoot, plugins: pluginsOf(flags), isDeep: flags['deep'] === true, runId, signal });
    await effects.http.close();
    return auditResult(audit);
  },
});
