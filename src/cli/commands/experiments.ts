import { defineCommand } from '../lib/command.ts';
import { ledgerFlags } from '../lib/governanceActions.ts';
import { runSpecCommand, specArguments, specFlags } from '../lib/governanceText.ts';

const actions = ['list', 'lint', 'show', 'plan', 'run', 'attach', 'status', 'close'];

export default defineCommand({
  id: 'experiments',
  summary: 'list, show, check, plan, run and close experiments',
  task: 'research',
  about:
    'An experiment is a document (specs/experiments/ID.yaml): the runs by which a hypothesis will be judged, the promotion policy that judges them, and how many ' +
    'trials they may cost. `lint` says everything that is wrong with all of them and with the promotion policies at once, or with the files named; `show` ' +
    'prints one. `plan` puts one into the ledger before its runs; `run` makes a planned run and attaches it, `attach` one that was made; `status` shows the ' +
    'budget; `close` ends it, and what it tried stays counted.',
  args: specArguments('experiments', actions),
  flags: [...specFlags(actions), ...ledgerFlags('experiments')],
  examples: ['backtest experiments list', 'backtest experiments lint', 'backtest experiments show vc_book'],
  no: 'a document has errors',
  seeAlso: ['hypotheses', 'edges', 'ledger'],
  run: (invocation) => runSpecCommand('experiments', invocation),
});
