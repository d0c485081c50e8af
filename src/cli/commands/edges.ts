import { defineCommand } from '../lib/command.ts';
import { ledgerFlags } from '../lib/governanceActions.ts';
import { runSpecCommand, specArguments, specFlags } from '../lib/governanceText.ts';

const actions = ['list', 'lint', 'show', 'import', 'register'];

export default defineCommand({
  id: 'edges',
  summary: 'list, show, check, import and register edges',
  task: 'research',
  about:
    'An edge is a document (specs/edges/ID.json): a strategy with one set of parameters, the overlays on it, the least cost it is judged at and the days on ' +
    'which it may be traded. `lint` says everything that is wrong with all of them at once, or with the files named; `show` prints one. `import` makes drafts ' +
    'of the edges in a configuration of the reference system (multi_edge_portfolio.edges) and writes them into the folder of --out. `register` puts one into ' +
    'the ledger as a DRAFT. A status in a file is a claim: only the ledger approves.',
  args: specArguments('edges', actions),
  flags: [...specFlags(actions), ...ledgerFlags('edges')],
  examples: ['backtest edges list', 'backtest edges lint', 'backtest edges show vc_core', 'backtest edges import pipeline.yaml --out imported/edges'],
  no: 'a document has errors, or a file could not be imported',
  seeAlso: ['overlays', 'hypotheses', 'promote'],
  run: (invocation) => runSpecCommand('edges', invocation),
});
