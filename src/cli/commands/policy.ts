import { defineCommand } from '../lib/command.ts';
import { policyActions } from '../lib/policyActions.ts';
import { runFlags } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'policy',
  summary: 'list, show, check and run policy studies',
  task: 'research',
  about:
    'A policy study is a document (specs/policy_studies/ID.yaml): conditions that are known at a bar, what is done while they hold, the strategies it is ' +
    'done to, and what would convince. `run` runs its parent study and then every condition with every action through the engine, and writes tables, ' +
    'gates, verdict and drafts of overlays to reports/policies/ID/vN/RUN/; the verdict never changes the exit code. `validate` checks a document of ' +
    'yours. Documents of your own are found in the folder of --specs, their parent studies too.',
  args: [
    { name: 'action', help: 'list, show, validate or run', choices: ['list', 'show', 'validate', 'run'] },
    { name: 'id', help: 'policy study id; a file for validate', isOptional: true, only: ['show', 'validate', 'run'] },
  ],
  flags: runFlags
    .filter(({ name }) => name !== 'policy')
    .map((flag) => (flag.name === 'specs' || flag.name === 'plugins' ? flag : { ...flag, only: ['run'] })),
  examples: [
    'backtest policy list',
    'backtest policy show vol_shock_throttle',
    'backtest policy run vol_shock_throttle --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31',
  ],
  seeAlso: ['study', 'run', 'ledger'],
  run: (invocation) => policyActions[invocation.args[0] as keyof typeof policyActions](invocation),
});
