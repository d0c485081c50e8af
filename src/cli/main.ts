#!/usr/bin/env node
import { resolve } from 'node:path';
import { AppError, exitCodes, toAppError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { openRegistry } from '../registry/discover.ts';
import { version } from '../core/version.ts';
import type { Command, Invocation } from './lib/command.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.environment));
  // Progress that nobody reads any more must not stop a run.
  process.stderr.on('error', () => {});
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-V') return print(`${version}\n`);
  const asJson = argv.includes('--json');
  try {
    const registry = openRegistry();
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      const { topHelp } = await import('./lib/topHelp.ts');
      return print(topHelp(registry.list('command')));
    }
    const ids = registry.ids('command');
    if (!ids.includes(name))
      throw new AppError('E_USAGE', { problem: `there is no command ${name}${didYouMean(name, ids)} (commands: ${ids.join(', ')})` });
    return await runCommand(await registry.load<Command>('command', name), rest);
  } catch (thrown) {
    const error = toAppError(thrown);
    const { errorDocument, renderError } = await import('./lib/output.ts');
    if (asJson) print(errorDocument(error));
    process.stderr.write(
      renderError(error, { debug: argv.includes('--debug'), color: process.stderr.isTTY && process.env['NO_COLOR'] === undefined }),
    );
    return process.exitCode === exitCodes.terminated ? exitCodes.terminated : error.exit;
  }
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  const { parseCommand } = await import('./lib/parse.ts');
  const parsed = await parseCommand(command, argv);
  if (parsed.kind === 'help') return print(parsed.text);
  const { openInvocation } = await import('./lib/invocation.ts');
  const { renderResult } = await import('./lib/output.ts');
  if (parsed.flags['data-root'] === '') throw new AppError('E_USAGE', { problem: '--data-root is empty: name a folder' });
  const dataRoot = resolve(String(parsed.flags['data-root'] ?? (process.env['BACKTEST_DATA_ROOT'] || 'data')));
  const result = await withFailpoints(openInvocation(parsed, dataRoot), (invocation) => command.run(invocation));
  print(renderResult(result, parsed.flags['json'] === true));
  return result.exit ?? exitCodes.done;
}

/** Fault injection for tests: FAILPOINT states a fault, FAILPOINT_COUNT a file for the number of operations. Unset, nothing is wrapped. */
async function withFailpoints<T>(invocation: Invocation, work: (invocation: Invocation) => Promise<T>): Promise<T> {
  const [plan, report] = [process.env['FAILPOINT'], process.env['FAILPOINT_COUNT']];
  if (plan === undefined && report === undefined) return work(invocation);
  const { openFailpoints, parseFailpoint, writeCount } = await import('../lake/failpoints.ts');
  const failpoints = openFailpoints(plan === undefined ? null : parseFailpoint(plan));
  const { effects } = invocation;
  try {
    return await work({ ...invocation, effects: { ...effects, files: failpoints.wrap(effects.files) } });
  } finally {
    if (report !== undefined) await writeCount(effects.files, report, failpoints);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.done;
}
