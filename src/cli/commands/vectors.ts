import { AppError } from '../../core/errors.ts';
import { defineCommand } from '../lib/command.ts';
import { checkVectors } from '../vectors/check.ts';

export default defineCommand({
  id: 'vectors',
  summary: 'check the statistics against a file of test vectors',
  args: [{ name: 'file', help: 'JSON file of vectors' }],
  flags: [{ name: 'only', value: 'PREFIX,...', help: 'only vectors whose id begins with one of these' }],
  examples: ['backtest vectors test/golden/statistics-vectors.json --only numerics,risk.drawdown'],
  run: async (invocation) => {
    const file = invocation.args[0]!;
    const { files } = invocation.effects;
    if ((await files.stat(file)) === null) throw new AppError('E_USAGE', { problem: `there is no file ${file}` });
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
