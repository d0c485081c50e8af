import { defineCommand } from '../lib/command.ts';
import { runFlags } from '../lib/runRequest.ts';
import { studyActions } from '../lib/studyActions.ts';

export default defineCommand({
  id: 'study',
  summary: 'list, show, check, run and calibrate event studies',
  task: 'research',
  about:
    'A study is a document (specs/studies/ID.yaml): what counts as an event, what is measured after it, which moments it is compared with, and what ' +
    'would convince. `run` runs one on a run’s data and writes tables, gates and verdict to reports/studies/ID/vN/RUN/; the verdict never changes the ' +
    'exit code. `calibrate` runs it on markets without the structure first, which the verdict needs: their effects are kept for runs on the same ' +
    'symbols and days. `validate` checks a document of yours. Studies of your own are found in the folder of --specs.',
  args: [
    { name: 'action', help: 'list, show, validate, run or calibrate', choices: ['list', 'show', 'validate', 'run', 'calibrate'] },
    { name: 'id', help: 'study id; a file for validate', isOptional: true, only: ['show', 'validate', 'run', 'calibrate'] },
  ],
  flags: [
    ...runFlags.filter(({ name }) => name !== 'studies').map((flag) => (flag.name === 'specs' ? flag : { ...flag, only: ['run', 'calibrate'] })),
    { name: 'paths', value: 'N', help: 'markets of each kind', shown: '199', only: ['calibrate'] },
  ],
  examples: [
    'backtest study list',
    'backtest study show vol_shock_relaxation',
    'backtest study calibrate vol_shock_relaxation --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31',
    'backtest study run vol_shock_relaxation --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31',
  ],
  seeAlso: ['run', 'ledger'],
  run: (invocation) => studyActions[invocation.args[0] as keyof typeof studyActions](invocation),
});
