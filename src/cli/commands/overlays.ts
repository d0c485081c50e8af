import { defineCommand } from '../lib/command.ts';
import { ledgerFlags } from '../lib/governanceActions.ts';
import { runSpecCommand, specArguments, specFlags } from '../lib/governanceText.ts';

const actions = ['list', 'lint', 'show', 'import', 'register'];

export default defineCommand({
  id: 'overlays',
  summary: 'list, show, check, import and register overlays',
  task: 'research',
  about:
    'An overlay is a document (specs/overlays/NAME.json): where it acts, and what it does to the entries of a strategy there. `lint` says everything that is ' +
    'wrong with all of them at once, or with the files named; `show` prints one with what it reads. `import` makes drafts of the overlay files of the ' +
    'reference system, says what became of each field, and writes them into the folder of --out. `register` puts one into the ' +
    'ledger as a DRAFT, with the hypothesis that it tests. A status in a file is a claim: only the ledger approves.',
  args: specArguments('overlays', actions),
  flags: [...specFlags(actions), ...ledgerFlags('overlays')],
  examples: [
    'backtest overlays list',
    'backtest overlays lint',
    'backtest overlays show vol_shock_relaxation_delay30_v1',
    'backtest overlays import edges/my_overlay.json --out imported/overlays',
  ],
  no: 'a document has errors, or a file could not be imported',
  seeAlso: ['edges', 'promote', 'ledger'],
  run: (invocation) => runSpecCommand('overlays', invocation),
});
