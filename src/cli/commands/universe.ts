import { defineCommand } from '../lib/command.ts';
import { runFlags } from '../lib/runRequest.ts';
import { universeActions } from '../lib/universeActions.ts';

export default defineCommand({
  id: 'universe',
  summary: 'which symbols a portfolio may trade in each month, and why',
  task: 'research',
  about:
    'Members of a month are chosen from the days before it: by dollar volume, after a minimum time since listing and with enough bars. `resolve` prints ' +
    'the members of every month; `explain SYMBOL` prints why one symbol was in or out.',
  args: [
    { name: 'action', help: 'resolve or explain', choices: ['resolve', 'explain'] },
    { name: 'symbol', help: 'for explain', isOptional: true, only: ['explain'], completes: 'symbol' },
  ],
  flags: runFlags.filter(({ name }) => name !== 'portfolio'),
  examples: [
    'backtest universe resolve --portfolio-symbols TOP2 --source sample --symbols BTCUSDT,ETHUSDT,SOLUSDT --start 2023-01-01 --end 2023-12-31',
    'backtest universe explain SOLUSDT --portfolio-symbols TOP2 --source sample --symbols BTCUSDT,ETHUSDT,SOLUSDT --start 2023-01-01 --end 2023-12-31',
  ],
  seeAlso: ['portfolio'],
  run: (invocation) => universeActions[invocation.args[0] as keyof typeof universeActions](invocation),
});
