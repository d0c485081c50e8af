import { defineCommand } from '../lib/command.ts';
import { writerFlags } from '../lib/governanceInvocation.ts';
import { portfolioActions } from '../lib/portfolioActions.ts';
import { runFlags } from '../lib/runRequest.ts';

const ofRuns = ['solve', 'backtest', 'validate', 'explain'];
/** Flags of runs that other actions take as well. */
const othersToo: Readonly<Record<string, readonly string[]>> = { plugins: ['show', 'register'], 'lock-timeout': ['register'] };

export default defineCommand({
  id: 'portfolio',
  summary: 'list, show, register, solve, backtest, validate and explain portfolios of edges',
  task: 'research',
  about:
    'A portfolio is a document (specs/portfolios/ID.yaml): edges, a universe, limits, allocation modes, gates. `backtest` decides weights day by day from ' +
    'what was known, trades netted exposures and writes everything to reports/portfolio/RUN/. `solve` prints the weights for the day after the data end, ' +
    '`explain DAY` the decision behind one day. `validate` judges the declared mode by the document’s gates and ends with exit code 1 unless all pass. ' +
    '`register ID` puts a portfolio with its edges as they are into the ledger as a DRAFT; `backtest promote` goes on from there. ' +
    'Documents of your own are found in the folder of --specs.',
  args: [
    { name: 'action', help: 'list, show, register, solve, backtest, validate or explain', choices: ['list', 'show', 'register', ...ofRuns] },
    {
      name: 'what',
      help: 'for explain: the day whose weights are meant, YYYY-MM-DD; for show and register: the portfolio',
      isOptional: true,
      only: ['explain', 'show', 'register'],
    },
  ],
  flags: [
    ...runFlags
      .filter(({ name }) => name !== 'portfolio')
      .map((flag) => (flag.name === 'specs' ? flag : { ...flag, only: [...ofRuns, ...(othersToo[flag.name] ?? [])] })),
    ...writerFlags(['register']).filter(({ name }) => !(name in othersToo)),
  ],
  examples: [
    'backtest portfolio list',
    'backtest portfolio show starter',
    'backtest portfolio register starter',
    'backtest portfolio backtest --source sample --symbols BTCUSDT,ETHUSDT,SOLUSDT --start 2023-01-01 --end 2023-12-31',
    'backtest portfolio explain 2023-11-15 --source sample --symbols BTCUSDT,ETHUSDT,SOLUSDT --start 2023-01-01 --end 2023-12-31',
  ],
  no: 'validate: not every gate passes.',
  seeAlso: ['universe', 'run', 'promote', 'ledger'],
  run: (invocation) => portfolioActions[invocation.args[0] as keyof typeof portfolioActions](invocation),
});
