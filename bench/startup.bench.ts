import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { benchProcesses } from './processes.ts';

/** The built command line that lies beside the built benchmarks. */
const main = fileURLToPath(new URL('../cli/main.js', import.meta.url));
if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first`);

benchProcesses([
  { id: 'I5 version', what: 'backtest --version', budget: { atMost: 1.3 }, args: [main, '--version'] },
  { id: 'I5 help', what: 'backtest --help', budget: { atMost: 1.3 }, args: [main, '--help'] },
  { id: 'I6 runs', what: 'backtest runs list (touches no Parquet)', budget: { atMost: 1.7 }, args: [main, 'runs', 'list'] },
  { id: 'I6 strategies', what: 'backtest strategies list (touches no Parquet)', budget: { atMost: 1.7 }, args: [main, 'strategies', 'list'] },
]);
