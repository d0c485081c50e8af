import { join } from 'node:path';
import type { Command, CommandResult } from '../../src/cli/lib/command.ts';
import { parseCommand } from '../../src/cli/lib/parse.ts';
import type { Effects } from '../../src/core/effects.ts';
import { isAppError } from '../../src/core/errors.ts';
import { createFiles } from '../../src/lake/realEffects.ts';
import { openRegistry } from '../../src/registry/discover.ts';

const registry = openRegistry();
let names = 0;

/** Files of this machine; whatever else a command over documents would ask for is a mistake. */
export const effects: Effects = {
  files: createFiles(),
  clock: { now: () => 0, elapsed: () => 0, sleep: () => Promise.resolve() },
  http: { get: () => Promise.reject(new Error('no document is fetched')), close: () => Promise.resolve() },
  uniqueName: () => `test-${names++}`,
};

/** Runs one command line in this process, from source. */
export async function command(line: readonly string[], dataRoot = join('/', 'nowhere')): Promise<CommandResult> {
  const [id, ...words] = line as [string, ...string[]];
  const unit = await registry.load<Command>('command', id);
  const parsed = await parseCommand(unit, words);
  if (parsed.kind === 'help') throw new Error('help was asked for');
  return unit.run({ args: parsed.args, flags: parsed.flags, dataRoot, effects, signal: new AbortController().signal, note: () => {} });
}

/** Code and message of the failure that a command line ends with. */
export async function failureOf(line: readonly string[]): Promise<string> {
  try {
    await command(line);
  } catch (error) {
    if (isAppError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no failure';
}
