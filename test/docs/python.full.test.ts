import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, writeFiles } from '../support/cli.ts';
import { backtestArguments, blocksOf, commandsOf } from '../support/documents.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const document = 'docs/reading-artifacts.md';
const folder = temporaryFolder();
/** BACKTEST_PYTHON may name an interpreter that has the packages, such as one of a virtual environment. */
const python = process.env['BACKTEST_PYTHON'] ?? 'python3';
const blocks = blocksOf(document).filter(({ mark }) => mark === 'python');
const run = (...args: string[]) => spawnSync(python, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
/** pandas reads Parquet through pyarrow. */
const needs = (body: string) => (body.includes('import pandas') ? ['pandas', 'pyarrow'] : ['polars']);

beforeAll(async () => {
  for (const block of blocksOf(document).filter(({ mark }) => mark === 'run')) {
    for (const line of commandsOf(block)) {
      const { exit, stderr } = await cli(backtestArguments(line)!, { cwd: folder, env: { BACKTEST_DATA_ROOT: join(folder, 'data') } });
      expect(exit, stderr).toBe(0);
    }
  }
});
afterAll(removeFolders);

describe('artifacts read from Python, as documented', () => {
  it('is documented for pandas and for polars', () => {
    expect(blocks.map(({ body }) => needs(body)[0])).toEqual(['pandas', 'polars']);
  });

  it.each(blocks.map(({ body, output }, index) => [needs(body).join(' and '), body, output, index] as const))(
    '%s: the block prints what is shown',
    (packages, body, output, index) => {
      if (
        run(
          '-c',
          needs(body)
            .map((name) => `import ${name}`)
            .join('\n'),
        ).status !== 0
      ) {
        process.stderr.write(`not run here: ${document} needs Python with ${packages}\n`);
        return;
      }
      writeFiles(folder, { [`block-${index}.py`]: body });
      const { status, stdout, stderr } = run(`block-${index}.py`);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toBe(output);
    },
  );
});
