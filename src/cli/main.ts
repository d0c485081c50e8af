#!/usr/bin/env node
import { resolve } from 'node:path';
import { AppError, exitCodes, toAppError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import { openRegistry } from '../registry/discover.ts';
import { version } from '../core/version.ts';
import type { Command, Invocation } from './lib/command.ts';
import type { OpenInvocation } from './lib/invocation.ts';

const argv = process.argv.slice(2);
const asJson = argv.includes('--json');
const hasScreen = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
let isReported = false;

process.exitCode = await main();

async function main(): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => void outputFailed(error));
  // Progress that nobody reads any more must not stop a run.
  process.stderr.on('error', () => {});
  try {
    return await dispatch();
  } catch (thrown) {
    const error = toAppError(thrown);
    await report(error);
    return process.exitCode === exitCodes.terminated ? exitCodes.terminated : error.exit;
  }
}

async function dispatch(): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-V') return answer(`${version}\n`, { version });
  if (name === 'complete') {
    const { complete } = await import('./lib/complete.ts');
    return print(await complete(rest, dataRootOf({})));
  }
  const registry = openRegistry();
  const ids = registry.ids('command');
  const wanted = name === 'help' ? rest.find((word) => !word.startsWith('-')) : name;
  if (wanted === undefined || wanted === '--help' || wanted === '-h' || (wanted === '--json' && rest.length === 0)) {
    const { topHelp, topHelpData } = await import('./lib/topHelp.ts');
    return answer(topHelp(registry.list('command')), topHelpData(registry.list('command')));
  }
  if (/^--(data-root|json|quiet|debug)\b/.test(wanted))
    throw usage(`${wanted} stands before the command; flags follow it, for example: backtest runs list --json`);
  if (wanted.startsWith('-')) throw usage(`there is no flag ${wanted}${didYouMean(wanted, ['--help', '--version'])}`);
  if (!ids.includes(wanted)) throw usage(`there is no command ${wanted}${didYouMean(wanted, ids)} (commands: ${ids.join(', ')})`);
  return runCommand(await registry.load<Command>('command', wanted), name === 'help' ? ['--help'] : rest);
}

async function runCommand(command: Command, words: readonly string[]): Promise<number> {
  const { parseCommand } = await import('./lib/parse.ts');
  const parsed = await parseCommand(command, words);
  if (parsed.kind === 'help') return answer(parsed.text, parsed.data);
  const { openInvocation } = await import('./lib/invocation.ts');
  const opened = openInvocation(parsed, { dataRoot: dataRootOf(parsed.flags), isTerminal: hasScreen, abandon: (code) => void leave(opened, code) });
  try {
    const result = await withFailpoints(opened.invocation, (invocation) => command.run(invocation));
    opened.closeLine();
    const { renderResult } = await import('./lib/output.ts');
    print(renderResult(result, asJson));
    return result.exit ?? exitCodes.done;
  } finally {
    opened.closeLine();
  }
}

/** Ends a process whose work did not stop after a signal. */
async function leave(opened: OpenInvocation, code: number): Promise<void> {
  opened.closeLine();
  await report(new AppError('E_INTERRUPTED'));
  process.exit(code);
}

/** Says what went wrong, once: people on stderr, the JSON document on stdout. */
async function report(error: AppError): Promise<void> {
  if (isReported) return;
  isReported = true;
  const { errorDocument, renderError } = await import('./lib/output.ts');
  if (asJson) print(errorDocument(error));
  const hasColor = hasScreen && (process.env['NO_COLOR'] ?? '') === '';
  process.stderr.write(renderError(error, { debug: argv.includes('--debug'), color: hasColor }));
}

/** A reader that has left is no failure; a full disk is. */
async function outputFailed(error: NodeJS.ErrnoException): Promise<void> {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  const { fileError } = await import('../lake/fileErrors.ts');
  const { renderError } = await import('./lib/output.ts');
  process.stderr.write(renderError(fileError('write to', 'stdout', error), { debug: false, color: false }));
  process.exit(exitCodes.environment);
}

function dataRootOf(flags: Readonly<Record<string, unknown>>): string {
  try {
    return resolve(String(flags['data-root'] ?? (process.env['BACKTEST_DATA_ROOT'] || 'data')));
  } catch (cause) {
    throw new AppError(
      'E_ENVIRONMENT',
      { problem: 'the current folder does not exist any more', remedy: 'Change to a folder that exists.' },
      { cause },
    );
  }
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

/** Prints what people read, or with --json the document. */
function answer(text: string, data: unknown): number {
  return print(asJson ? `${JSON.stringify(data, null, 2)}\n` : text);
}

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.done;
}

function usage(problem: string): AppError {
  return new AppError('E_USAGE', { problem });
}
