import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { parseDay } from '../../core/time.ts';
import type { GovernanceOptions } from '../../stages/lib/governanceState.ts';
import type { Flag, Invocation } from './command.ts';
import { pluginsOf, specsOf, wholeFlag } from './runRequest.ts';

/** Flags of every command over ledger and documents. */
export const governanceFlags: readonly Flag[] = [
  { name: 'specs', value: 'DIR', help: 'folder with your own documents (overlays/, edges/, ...)', completes: 'folder' },
  { name: 'plugins', value: 'DIR', help: 'folder with your own units (repeatable)', repeat: true, completes: 'folder' },
];

/** Flags of commands that write into the ledger. */
export function writerFlags(only: readonly string[]): Flag[] {
  return [
    { name: 'as', value: 'ROLE', help: 'role in which it is done, as the ledger shows it', shown: 'researcher', only },
    { name: 'lock-timeout', value: 'S', help: 'seconds to wait for another run on the same lake', shown: '60', only },
  ];
}

/** What governance needs of a command line. */
export function governanceOptions({ dataRoot, effects, flags, signal }: Invocation): GovernanceOptions & { lockTimeoutMs: number } {
  return {
    effects,
    dataRoot,
    plugins: pluginsOf(flags),
    specs: specsOf(flags),
    signal,
    lockTimeoutMs: wholeFlag(flags, 'lock-timeout', 60, 0) * 1000,
  };
}

/** The role of `--as`. @throws E_USAGE unless it is a plain word */
export function roleOf({ flags }: Invocation): string {
  const role = (flags['as'] as string | undefined) ?? 'researcher';
  if (/^[a-z][a-z0-9_-]{0,31}$/.test(role)) return role;
  throw new AppError('E_USAGE', { problem: `--as ${JSON.stringify(role)}: expected a word of a-z, 0-9, _ and -` });
}

/** The text of a flag that has to be there. @throws E_USAGE */
export function textFlag({ flags, args }: Invocation, name: string): string {
  const value = flags[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new AppError('E_USAGE', { problem: `${args[0]!} needs --${name}` });
}

/** The value of a flag out of a list, or null when it is not given. @throws E_USAGE */
export function choiceFlag<T extends string>({ flags }: Invocation, name: string, choices: readonly T[]): T | null {
  const value = flags[name];
  if (value === undefined) return null;
  if ((choices as readonly unknown[]).includes(value)) return value as T;
  throw new AppError('E_USAGE', {
    problem: `--${name} ${JSON.stringify(value)}: expected ${choices.join(', ')}${didYouMean(String(value), choices)}`,
  });
}

/** A UTC day given by a flag. @throws E_BAD_DATE */
export function dayFlag(invocation: Invocation, name: string): string {
  const value = textFlag(invocation, name);
  if (parseDay(value) !== null) return value;
  throw new AppError('E_BAD_DATE', { flag: `--${name}`, problem: `${JSON.stringify(value)} is not a calendar day` });
}

/** The one argument after the action. @throws E_USAGE */
export function nameOf({ args }: Invocation, what: string): string {
  const [action, name, extra] = args;
  if (name !== undefined && extra === undefined) return name;
  throw new AppError('E_USAGE', { problem: `${action!} needs one ${what}${extra === undefined ? '' : `, found ${extra} as well`}` });
}
