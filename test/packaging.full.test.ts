import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, strategyFile, writeFiles } from './support/cli.ts';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';
import { projectRoot } from './support/shared.ts';

afterAll(removeFolders);

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
interface PackageFile {
  readonly version: string;
  readonly private: boolean;
  readonly files: readonly string[];
}

const described = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as PackageFile;
const tsc = join(projectRoot, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
const run = promisify(execFile);
const folder = temporaryFolder();
const made = join(folder, 'made');
const elsewhere = join(folder, 'elsewhere');
const environment = { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
const npm = async (words: readonly string[], cwd: string) =>
  (await run('npm', [...words], { cwd, env: environment, maxBuffer: 2 ** 26, shell: process.platform === 'win32' })).stdout;

/** Ends a process's promise with its exit code instead of an exception. */
async function backtest(...words: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  try {
    return { exit: 0, ...(await run(join(elsewhere, 'node_modules', '.bin', 'backtest'), words, { cwd: elsewhere, maxBuffer: 2 ** 26 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exit: code, stdout, stderr };
  }
}

let packed: Packed;

/** Packs a build of its own: `dist` belongs to the tests that run beside this one. */
beforeAll(async () => {
  mkdirSync(made);
  symlinkSync(join(projectRoot, 'node_modules'), join(made, 'node_modules'), 'dir');
  await run(process.execPath, [join(projectRoot, 'scripts', 'build.mjs'), '--types', '--out', join(made, 'dist')], { cwd: projectRoot });
  for (const name of ['package.json', 'README.md', 'LICENSE', ...described.files])
    if (name !== 'dist') cpSync(join(projectRoot, name), join(made, name), { recursive: true });
  [packed] = JSON.parse(await npm(['pack', '--ignore-scripts', '--json'], made)) as [Packed];
});

describe('the package', () => {
  const paths = () => packed.files.map(({ path }) => path);

  it('stays private until its name is settled', () => {
    expect(described.private).toBe(true);
  });

  it('holds the build with types, the documents and the licenses', () => {
    const needed = [
      'dist/cli/main.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/units.json',
      'dist/stages/lib/worker.js',
      'dist/bench/rolling.bench.js',
    ];
    const documents = ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/errors.md', 'docs/benchmarks.md', 'dist/THIRD-PARTY.txt'];
    expect(paths()).toEqual(expect.arrayContaining([...needed, ...documents]));
  });

  it('holds no tests, no sources and nothing that is not meant to be in it', () => {
    const tops = [
      'dist',
      'docs',
      'examples',
      'configs',
      'package.json',
      'README.md',
      'LICENSE',
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
    ];
    expect(paths().filter((path) => !tops.includes(path.split('/')[0]!))).toEqual([]);
    expect(paths().filter((path) => path.startsWith('dist/') && !/\.(js|d\.ts)$|units\.json$|THIRD-PARTY\.txt$/.test(path))).toEqual([]);
    expect(paths().filter((path) => /\.test\.|testFixtures|\/testing\/|node_modules|\.DS_Store|\.tgz$/.test(path))).toEqual([]);
  });

  it('is small: below 3 MB to download and 10 MB unpacked', () => {
    expect([packed.size < 3e6, packed.unpackedSize < 10e6], `${packed.size} and ${packed.unpackedSize} bytes`).toEqual([true, true]);
  });

  it('names the license of every package whose code is inside', () => {
    const text = readFileSync(join(made, 'dist', 'THIRD-PARTY.txt'), 'utf8');
    for (const name of ['canonicalize', 'echarts', 'fflate', 'lightweight-charts', 'p-queue'])
      expect(text).toMatch(new RegExp(`^${name} [0-9.]+ \\(`, 'm'));
  });

  it('has every file that its documents link to, sources and tests of the repository aside', () => {
    for (const document of paths().filter((path) => path.endsWith('.md'))) {
      const prose = readFileSync(join(made, document), 'utf8').replaceAll(/^```.*?^```/gms, '');
      for (const [, target] of prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(target!)) continue;
        const at = join(dirname(document), target!);
        if (/^(src|test|bench)\//.test(at)) continue;
        expect(
          paths().some((path) => path === at || path.startsWith(`${at.replace(/\/$/, '')}/`)),
          `${document} links to ${target!}, which is not in the package`,
        ).toBe(true);
      }
    }
  });
});

describe('the package, installed in an empty folder', () => {
  let problem: string | null = null;

  beforeAll(async () => {
    mkdirSync(elsewhere);
    writeFiles(elsewhere, { 'package.json': JSON.stringify({ name: 'elsewhere', version: '1.0.0', type: 'module', private: true }) });
    try {
      await npm(['install', '--ignore-scripts', '--prefer-offline', join(made, packed.filename)], elsewhere);
    } catch (error) {
      problem = (error as { stderr: string }).stderr.split('\n').find((line) => /E[A-Z]{4,}|code/.test(line)) ?? String(error);
      // Only what an unreachable registry says may be passed over.
      if (!/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ENETUNREACH/.test((error as { stderr: string }).stderr)) throw error;
      process.stderr.write(`not run here: installing the package needs a registry (${problem})\n`);
    }
  }, 300_000);

  const installed = (name: string, test: () => Promise<void>, timeout = 120_000) =>
    it(
      name,
      async (context) => {
        if (problem !== null) context.skip(`no registry: ${problem}`);
        await test();
      },
      timeout,
    );

  installed('has what it needs and no development dependency', async () => {
    const names = readdirSync(join(elsewhere, 'node_modules'));
    expect(names).toEqual(expect.arrayContaining(['@duckdb', 'esbuild', 'undici', 'piscina', 'yaml']));
    expect(names.filter((name) => ['vitest', 'typescript', 'oxlint', 'fast-check', 'csv-parse', 'playwright-core'].includes(name))).toEqual([]);
  });

  installed('says its version', async () => {
    expect(await backtest('--version')).toMatchObject({ exit: 0, stdout: `${described.version}\n` });
  });

  installed('runs the sample market to a report, with a strategy of the user’s', async () => {
    writeFiles(elsewhere, {
      'units/strategies/always_long.ts': strategyFile('always_long', `{ kind: 'bracket', entry: { long: column('close').gt(0) }, maxHoldBars: 4 }`),
    });
    const market = ['--source', 'sample', '--symbols', 'BTCUSDT', '--start', '2023-01-01', '--end', '2023-01-10'];
    const result = await backtest('run', ...market, '--plugins', 'units', '--strategies', 'vol_compression_v1,always_long', '--json', '--quiet');
    expect(result.exit, result.stderr).toBe(0);
    const document = JSON.parse(result.stdout) as { status: string; report: string };
    expect(document.status).toBe('done');
    expect(readFileSync(join(elsewhere, 'data', document.report), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  installed('passes every test vector that it has code for', async () => {
    const result = await backtest('vectors', join(projectRoot, 'test', 'golden', 'statistics-vectors.json'), '--json');
    const { results } = JSON.parse(result.stdout) as { results: { id: string; status: string }[] };
    expect(results.filter(({ status }) => status === 'pass').length).toBeGreaterThan(50);
    expect(results.filter(({ status }) => status !== 'pass' && status !== 'unmapped')).toEqual([]);
  });

  installed('finds its surroundings in order', async () => {
    const result = await backtest('doctor');
    expect(result.exit, result.stdout).toBe(0);
  });

  installed('measures itself without development dependencies', async () => {
    const result = await backtest('bench', '--filter', 'archive', '--json', '--quiet');
    expect(result.exit, result.stderr).toBe(0);
    const { records, skipped } = JSON.parse(result.stdout) as { records: { id: string }[]; skipped: { id: string; skipped: string }[] };
    expect(records.map(({ id }) => id)).toEqual(['I3 split']);
    expect(skipped).toEqual([{ id: 'I3', what: expect.any(String), skipped: expect.stringContaining('csv-parse') }]);
  });

  installed('tells a wrong command from a right one', async () => {
    const result = await backtest('rnu');
    expect([result.exit, errorCode(result.stderr)]).toEqual([2, 'E_USAGE']);
    expect(result.stderr).toContain('run');
  });

  installed('is a library for programs', async () => {
    const program = `import { AppError, defineFeature, defineStrategy, sharpe } from '@perp/backtest';
      const { perPeriod } = sharpe(Float64Array.of(0.01, -0.005, 0.02), 365);
      console.log(JSON.stringify({ perPeriod: perPeriod > 0, kinds: [AppError, defineFeature, defineStrategy].map((one) => typeof one) }));`;
    writeFiles(elsewhere, { 'program.mjs': program });
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: elsewhere });
    expect(JSON.parse(stdout)).toEqual({ perPeriod: true, kinds: ['function', 'function', 'function'] });
  });

  installed('has types that hold in a strict program, and refuse what is wrong', async () => {
    const right = `import { defineStrategy, integer, sharpe, type Frame, type Trade } from '@perp/backtest';
      export const perDay: number | null = sharpe(Float64Array.of(0.1, 0.2), 365).perPeriod;
      export const rows = (frame: Frame): number => frame.rows;
      export const isLong = (trade: Trade): boolean => trade.direction === 'long';
      export default defineStrategy({ id: 'mine', summary: 'Mine.', params: { bars: integer(4, { min: 1, max: 8, help: 'Bars.' }) },
        intent: ({ column, param }) => ({ kind: 'bracket', entry: { long: column('close').gt(0) }, maxHoldBars: param.bars }) });`;
    const wrong = `import { sharpe } from '@perp/backtest'; export const text: string = sharpe('returns', 365);`;
    writeFiles(elsewhere, { 'right.ts': right, 'wrong.ts': wrong });
    const check = (file: string) => {
      const types = ['--typeRoots', join(projectRoot, 'node_modules', '@types'), '--types', 'node'];
      const words = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--skipLibCheck', 'false', ...types, file];
      return run(process.execPath, [tsc, ...words], { cwd: elsewhere }).then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      );
    };
    expect(await check('right.ts')).toBe('');
    expect(await check('wrong.ts')).toMatch(/TS2345|TS2322/);
  });

  installed('writes nothing but its data', async () => {
    const own = ['node_modules', 'package.json', 'package-lock.json', 'units', 'data', 'program.mjs', 'right.ts', 'wrong.ts'];
    expect(readdirSync(elsewhere).filter((name) => !own.includes(name))).toEqual([]);
    expect(existsSync(join(elsewhere, 'data'))).toBe(true);
  });
});
