import { defineCommand } from '../lib/command.ts';
import { ledgerFlags } from '../lib/governanceActions.ts';
import { runSpecCommand, specArguments, specFlags } from '../lib/governanceText.ts';

const actions = ['list', 'lint', 'show', 'register', 'close'];

export default defineCommand({
  id: 'hypotheses',
  summary: 'list, show, check, register and close hypotheses',
  task: 'research',
  about:
    'A hypothesis is a document (specs/hypotheses/ID.yaml), written before the first run: why something should be there, what is claimed, how much may be tried, ' +
    'on which days, and what would refute it. `lint` says everything that is wrong with all of them at once, or with the files named; `show` prints one with ' +
    'the digest by which it is registered. `register` freezes it in the ledger with its budget and its sealed days; `close` says what came of it.',
  args: specArguments('hypotheses', actions),
  flags: [...specFlags(actions), ...ledgerFlags('hypotheses')],
  examples: ['backtest hypotheses list', 'backtest hypotheses lint', 'backtest hypotheses show vol_compression_expansion'],
  no: 'a document has errors',
  seeAlso: ['experiments', 'edges', 'ledger'],
  run: (invocation) => runSpecCommand('hypotheses', invocation),
});
