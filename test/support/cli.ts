import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from './shared.ts';

/** The built command line, made by `npm test` before any test runs. */
export const mainFile = join(projectRoot, 'dist', 'cli', 'main.js');

export interface CliResult {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with stderr so far, after each piece of it; may send a signal. */
  readonly onProgress?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `backtest` as a process of its own. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
    const child = spawn(process.execPath, [mainFile, ...args], { cwd: options.cwd ?? projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onProgress?.(stderr, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

/** Runs a command with --json and returns its document; fails the test unless it ends with `exit`. */
export async function cliJson<T>(args: readonly string[], options: CliOptions & { exit?: number } = {}): Promise<T> {
  const result = await cli([...args, '--json', '--quiet'], options);
  expect(result.exit, result.stderr).toBe(options.exit ?? 0);
  return JSON.parse(result.stdout) as T;
}

/** What `backtest run --json` prints. */
export interface RunDocument {
  readonly run_id: string;
  readonly status: string;
  readonly tree_hash: string;
  readonly executed: readonly string[];
  readonly reason: string | null;
  readonly report: string;
  readonly summary: string;
}

/** The code that `error CODE: message` on stderr names, or null. */
export const errorCode = (stderr: string): string | null => /^error (E_[A-Z_]+):/m.exec(stderr)?.[1] ?? null;

/** Flags of a small run on the sample market: ten days of one symbol unless said otherwise. */
export function sampleRun(dataRoot: string, changes: Readonly<Record<string, string>> = {}): string[] {
  const flags = { source: 'sample', symbols: 'BTCUSDT', start: '2023-01-01', end: '2023-01-10', 'data-root': dataRoot, ...changes };
  return ['run', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
}

/** Every file below a folder, relative and sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

/** Hash and time of last change of every file below a folder, the cache left out. */
export function snapshot(folder: string): Record<string, string> {
  const names = filesBelow(folder).filter((name) => !name.startsWith('cache'));
  return Object.fromEntries(
    names.map((name) => {
      const file = join(folder, name);
      return [name, `${createHash('sha256').update(readFileSync(file)).digest('hex')} ${statSync(file).mtimeMs}`];
    }),
  );
}

/** Nothing half made: no temporary file, no lock, and no run that claims to be done. */
export function expectNothingHalfMade(dataRoot: string): void {
  const files = filesBelow(dataRoot);
  expect(files.filter((name) => /(^|\/)\.(tmp-|lock)/.test(name))).toEqual([]);
  for (const name of files.filter((file) => file.endsWith('run.json'))) {
    const record = JSON.parse(readFileSync(join(dataRoot, name), 'utf8')) as { status: string; tree_hash: string | null };
    expect(record, name).toMatchObject({ status: 'running', tree_hash: null });
  }
}

/** Writes files into a folder; keys are paths. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

/** Source of a plugin strategy file with the given intent. */
export function strategyFile(id: string, intent: string): string {
  return `import { defineStrategy } from '@perp/backtest';
export default defineStrategy({ id: '${id}', summary: 'A strategy of a test.', params: {}, intent: ({ column }) => (${intent}) });
`;
}

/** Source of a plugin feature file with the given inputs and body of compute. */
export function featureFile(id: string, inputs: readonly string[], body: string): string {
  return `import { defineFeature } from '@perp/backtest';
export default defineFeature({ id: '${id}', summary: 'A feature of a test.', formula: 'see code', inputs: ${JSON.stringify(inputs)}, warmup: 0, compute: (inputs, outputs) => { ${body} } });
`;
}
