import { AppError } from '../../core/errors.ts';
import { defineCommand } from '../lib/command.ts';
import { checkVectors } from '../vectors/check.ts';

export default defineCommand({
  id: 'vectors',
  summary: 'check the statistics against a file of test vectors',
  task: 'checks',
  about:
    'Reads a file of test vectors (input, expected output, tolerance), computes each with the statistics of this build and prints ' +
    'one line per vector. It is how somebody who does not trust this code checks it against numbers from elsewhere. Writes nothing.',
  no: 'a vector failed',
  args: [{ name: 'file', help: 'JSON file of vectors', completes: 'file' }],
  flags: [{ name: 'only', value: 'PREFIX,...', help: 'only vectors whose id begins with one of these' }],
  examples: [
    'backtest vectors test/golden/statistics-vectors.json',
    'backtest vectors test/golden/statistics-vectors.json --only numerics,risk.drawdown --json',
  ],
  seeAlso: ['verify', 'doctor'],
  run: async (invocation) => {
    const file = invocation.args[0]!;
    const { files } = invocation.effects;
    if ((await files.stat(file))?.isFile !== true) throw new AppError('E_USAGE', { problem: `there is no file ${file}` });
    let parsed: unknown;
    try {
      parsed = JSON.parse((await files.read(file)).toString('utf8'));
    } catch (cause) {
      throw new AppError('E_USAGE', { problem: `${file} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` }, { cause });
    }
    const only = invocation.flags['only'];
    const outcome = checkVectors(parsed, typeof only === 'string' ? { only: only.split(',') } : {});
    const lines = outcome.results.map((result) => {
      const where =
        result.field === undefined ? '' : ` at ${result.field}: expected ${JSON.stringify(result.expected)}, got ${JSON.stringify(result.actual)}`;
      return `${result.status.padEnd(8)} ${result.id}${where}${result.message === undefined ? '' : ` ${result.message}`}`;
    });
    return { data: outcome, text: [...lines, `${outcome.passed} passed, ${outcome.failed} failed`].join('\n'), exit: outcome.failed === 0 ? 0 : 1 };
  },
});
