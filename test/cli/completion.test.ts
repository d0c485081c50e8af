import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, wordsOf } from '../../src/cli/lib/complete.ts';
import { cli, cliJson, mainFile, type RunDocument, sampleRun, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
const dataRoot = join(folder, 'data');
let runId = '';

beforeAll(async () => {
  runId = (await cliJson<RunDocument>(sampleRun(dataRoot, { end: '2023-01-05' }))).run_id;
});
afterAll(removeFolders);

/** What fish gets for a line: values only. */
async function offered(line: string): Promise<string[]> {
  const text = await complete(['fish', ...wordsOf(line).slice(1)], dataRoot);
  return text
    .split('\n')
    .filter((candidate) => candidate !== '')
    .map((candidate) => candidate.split('\t')[0]!);
}

describe('completion offers', () => {
  it.each([
    ['commands', 'backtest ru', ['run', 'runs']],
    ['commands after help', 'backtest help con', ['config']],
    ['actions', 'backtest config ', ['show', 'keys']],
    ['flags', 'backtest run --so', ['--source']],
    ['only flags of the action', 'backtest runs export x --to', ['--to']],
    ['no flag of another action', 'backtest runs list --to', []],
    ['no flag that is given already', 'backtest run --symbols BTCUSDT --sym', []],
    ['a repeatable flag again', 'backtest run --config a.yaml --conf', ['--config']],
    ['strategies', 'backtest strategies show vol_compression_m', ['vol_compression_momentum_v1']],
    ['values of a flag', 'backtest run --source ', ['binance', 'sample']],
    ['values after an equals sign', 'backtest run --source=sa', ['--source=sample']],
    ['the rest of a list', 'backtest run --strategies vol_compression_v1,vol_compression_m', ['vol_compression_v1,vol_compression_momentum_v1']],
    ['parameters', 'backtest run --param vol_compression_v1.max', ['vol_compression_v1.max_hold_bars=']],
    ['stages', 'backtest stage cl', ['clean', 'clean_extra']],
    ['symbols of the lake', 'backtest run --symbols B', ['BTCUSDT']],
    ['accountings', 'backtest run --accounting scr', ['screen']],
    ['files, by the shell', 'backtest run --config ', [':files']],
    ['folders, by the shell', 'backtest runs list --data-root ', [':folders']],
    ['files for an argument, by the shell', 'backtest vectors ', [':files']],
    ['nothing after an unknown command', 'backtest zzz ', []],
    ['nothing where nothing is known', 'backtest run --seed ', []],
  ])('%s: %s', async (_, line, expected) => {
    expect(await offered(line)).toEqual(expected);
  });

  it('run ids of the data root of the same line, or of the default one', async () => {
    expect(await offered('backtest runs show b')).toEqual([runId]);
    expect(await offered(`backtest runs show --data-root ${join(folder, 'empty')} b`)).toEqual([]);
  });

  it('a sentence with each candidate, in the form of the shell', async () => {
    expect(await complete(['fish', 'run', '--see'], dataRoot)).toBe('--seed\tseed of the sample market\n');
    expect(await complete(['zsh', 'run', '--see'], dataRoot)).toBe('--seed:seed of the sample market\n');
    expect(await complete(['bash', 'backtest run --source=sa'], dataRoot)).toMatch(/^sample\b/);
    expect(await complete(['powershell', 'backtest run --source=sa'], dataRoot)).toMatch(/^--source=sample\b/);
  });

  it('nothing, and no error, for nonsense', async () => {
    for (const request of [[], ['bash'], ['bash', ''], ['nushell', 'run', ''], ['bash', 'backtest run --plugins /nowhere --strategies ']])
      expect(await complete(request, dataRoot)).not.toMatch(/^\s*error|undefined/m);
  });
});

describe('words of a line', () => {
  it.each([
    ['backtest  run ', ['backtest', 'run', '']],
    ['a "b c" \'d e', ['a', 'b c', 'd e']],
    ['', ['']],
    ['--x=1 y', ['--x=1', 'y']],
  ])('%j', (line, words) => expect(wordsOf(line)).toEqual(words));
});

const bash = '/bin/bash';
describe.skipIf(!existsSync(bash))('in a real bash', () => {
  const bin = join(folder, 'bin');
  writeFiles(bin, { backtest: `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n` });
  chmodSync(join(bin, 'backtest'), 0o755);

  /** The words that Tab would offer, one per line, in a shell that sourced the script. */
  const tab = (line: string) =>
    execFileSync(
      bash,
      [
        '--norc',
        '-c',
        'set -eu; source <(backtest completion bash); source <(backtest completion bash); COMP_LINE=$1; COMP_POINT=${#1}; _backtest_complete; printf "%s\\n" "${COMPREPLY[@]:-}"; complete -p backtest',
        'bash',
        line,
      ],
      {
        encoding: 'utf8',
        cwd: folder,
        env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, BACKTEST_DATA_ROOT: dataRoot },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
      .trim()
      .split('\n');

  it.each([
    ['backtest ru', ['run', 'runs']],
    ['backtest run --source=sa', ['sample']],
    ['backtest strategies show vol_compression_r', ['vol_compression_reversion_v1']],
    ['backtest run --strategies vol_compression_v1,vol_compression_m', ['vol_compression_v1,vol_compression_momentum_v1']],
  ])('Tab after %j', (line, expected) => {
    expect(tab(line)).toEqual([...expected, 'complete -F _backtest_complete backtest']);
  });

  it('Tab completes run ids', () => {
    expect(tab('backtest runs show btc')[0]).toBe(runId);
  });

  it('Tab never runs what is being typed', () => {
    tab('backtest run --symbols $(touch pwned) `touch pwned` ; touch pwned ');
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});

describe('the script of', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('%s asks `backtest complete`', async (shell) => {
    const { exit, stdout } = await cli(['completion', shell]);
    expect(exit).toBe(0);
    expect(stdout).toContain(`backtest complete ${shell} `);
    expect(await cliJson(['completion', shell])).toEqual({ shell, script: stdout });
  });
});
