import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineRequest } from '../../src/library/pipeline.ts';
import type { RunKeyName } from '../../src/stages/lib/runKeys.ts';
import { writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { projectRoot } from '../support/shared.ts';

/** A project that installed the package: the built files with the declarations beside them, strict, nodenext, library types checked too. */
const project = temporaryFolder();
const installed = join(project, 'node_modules', '@perp', 'backtest');
const tsc = join(projectRoot, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
const node = (args: readonly string[], cwd: string) => spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });

const uses = `import {
  AppError, builtInFeatures, builtInStrategies, defineStrategy, integer, makeFrame, number, openRun, runPipeline, sampleBars, simulate,
  type Bars, type BookMetrics, type Frame, type RunReader, type Simulation, type Strategy, type Table,
} from '@perp/backtest';

export const strategy = defineStrategy({
  id: 'typed',
  summary: 'Parameters keep their types.',
  params: { rank_max: number(20, { min: 0, max: 100, help: '' }), hold_bars: integer(8, { min: 1, max: 96, help: '' }) },
  intent: ({ column: of, param }) => ({ kind: 'bracket', entry: { long: of('rv_pct_2880').le(param.rank_max) }, maxHoldBars: param.hold_bars }),
});
const bars: Bars = sampleBars({ symbol: 'BTCUSDT', start: '2022-07-01', end: '2022-08-15' });
const features = await builtInFeatures();
const frame: Frame = makeFrame(bars, { strategies: [strategy], features });
const result: Simulation = simulate(strategy, frame, { params: { rank_max: 100 } });
const metrics: BookMetrics = result.metrics;
const known: Strategy | undefined = (await builtInStrategies()).get('vol_compression_v1');
console.log(JSON.stringify({ rows: frame.rows, trades: metrics.total_trades > 0, known: known?.id, refused: await refused() }));

async function refused(): Promise<string | null> {
  try {
    const { runId } = await runPipeline({ symbols: ['BTCUSDT'], start: '2023-02-30', end: '2023-03-01', source: 'sample' }, { dataRoot: 'data' });
    const run: RunReader = await openRun('data', runId);
    const table: Table = await run.bars('BTCUSDT');
    return String(table.numbers['close']?.length);
  } catch (error) {
    return error instanceof AppError ? error.code : null;
  }
}
`;

/** Each line below a mark must not compile. */
const misuses = `import { column, defineStrategy, runPipeline, sharpe, type Simulation } from '@perp/backtest';

// @ts-expect-error a ratio may be undefined
export const ratio: number = sharpe([0.01, 0.02], 365).annualized;
// @ts-expect-error a lag is a number of bars
column('close').lag('1');
// @ts-expect-error results are read only
export const add = (result: Simulation) => result.trades.push(result.trades[0]!);
// @ts-expect-error there is no such parameter
export const wrong = defineStrategy({ id: 'w', summary: '', params: {}, intent: ({ param }) => ({ kind: 'target', position: param.size }) });
// @ts-expect-error a request needs its days
export const run = () => runPipeline({ symbols: 'BTCUSDT' }, { dataRoot: 'data' });
`;

beforeAll(() => {
  mkdirSync(dirname(installed), { recursive: true });
  cpSync(join(projectRoot, 'dist'), join(installed, 'dist'), { recursive: true });
  cpSync(join(projectRoot, 'package.json'), join(installed, 'package.json'));
  // Its dependencies, as an installation has them.
  for (const name of ['zod', '@duckdb', '@types', 'undici-types', 'esbuild', 'undici', 'piscina', 'yaml', 'echarts', 'lightweight-charts'])
    symlinkSync(join(projectRoot, 'node_modules', name), join(project, 'node_modules', name));
  node([tsc, '-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')], projectRoot);
  const options = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  };
  writeFiles(project, {
    'package.json': JSON.stringify({ name: 'consumer', type: 'module', private: true }),
    'tsconfig.json': JSON.stringify({ compilerOptions: options, include: ['**/*.ts'] }),
    'uses.ts': uses,
    'misuses.ts': misuses,
  });
  cpSync(join(projectRoot, 'examples', 'units'), join(project, 'units'), { recursive: true });
});
afterAll(removeFolders);

describe('a project that installed the package', () => {
  it('compiles against the declarations, strictly, and so do the example units', () => {
    expect(node([tsc, '-p', '.'], project)).toMatchObject({ stdout: '', status: 0 });
  });

  it('runs', () => {
    buildSync({ absWorkingDir: project, entryPoints: ['uses.ts'], outfile: 'uses.mjs', format: 'esm' });
    const { stdout, stderr } = node(['uses.mjs'], project);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ rows: 46 * 96, trades: true, known: 'vol_compression_v1', refused: 'E_BAD_DATE' });
  });
});

type Same<A, B> = [A, B] extends [B, A] ? true : false;

describe('runPipeline', () => {
  it('takes the keys of a configuration file, all and no others', () => {
    // The compiler judges: the type is false, and the line an error, when a key has no place or a place no key.
    const isSame: Same<RunKeyName, keyof PipelineRequest> = true;
    expect(isSame).toBe(true);
  });
});
