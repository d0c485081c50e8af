import { unit } from '../../core/define.ts';
import type { Effects } from '../../core/effects.ts';

/** What the shell completion offers for a value. */
export type Completes = 'accounting' | 'command' | 'file' | 'folder' | 'param' | 'run' | 'source' | 'stage' | 'strategy' | 'symbol';

export interface Flag {
  /** Kebab-case, without dashes. */
  readonly name: string;
  /** Placeholder of the value in help; a flag without one is a switch. */
  readonly value?: string;
  readonly help: string;
  readonly repeat?: boolean;
  /** Shown in help; never applied by the parser, so that configuration can tell "not given". */
  readonly shown?: string;
  readonly group?: string;
  readonly completes?: Completes;
  /** The actions (values of the first argument) that take the flag; all when left out. */
  readonly only?: readonly string[];
}

export interface Argument {
  readonly name: string;
  readonly help: string;
  /** What the argument may be; where it is left out, the first holds. */
  readonly choices?: readonly string[];
  readonly isOptional?: boolean;
  /** Of the last argument: it may be given several times. */
  readonly isRepeated?: boolean;
  /** The actions (values of the first argument) that take the argument; all when left out. */
  readonly only?: readonly string[];
  readonly completes?: Completes;
}

/** Flags by name: text, list of texts (repeat) or true. */
export type ParsedFlags = Readonly<Record<string, string | readonly string[] | true | undefined>>;

export interface Invocation {
  readonly args: readonly string[];
  readonly flags: ParsedFlags;
  readonly dataRoot: string;
  readonly effects: Effects;
  readonly signal: AbortSignal;
  /** Progress and warnings, to stderr; nothing with --quiet. */
  readonly note: (text: string, options?: { readonly isTransient?: boolean }) => void;
}

export interface CommandResult {
  /** What --json prints; strict JSON. */
  readonly data: unknown;
  /** What people read. */
  readonly text: string;
  /** 0 unless the answer is no (1). */
  readonly exit?: 0 | 1;
}

/** What a user wants to do; the top help lists commands by it. */
export type Task = 'run' | 'configure' | 'results' | 'research' | 'checks' | 'tools';

export interface CommandSpec {
  readonly id: string;
  /** One line in the top help, without a full stop. */
  readonly summary: string;
  readonly task?: Task;
  /** A paragraph of help: what the command does and where its output lies. */
  readonly about?: string;
  readonly args?: readonly Argument[];
  readonly flags?: readonly Flag[];
  /** Whole command lines; a test parses each. */
  readonly examples?: readonly string[];
  /** What exit code 1 means, for commands whose answer may be no. */
  readonly no?: string;
  /** Ids of related commands. */
  readonly seeAlso?: readonly string[];
  readonly run: (invocation: Invocation) => Promise<CommandResult>;
}

/** One command per file in cli/commands. */
export const defineCommand = (spec: CommandSpec) => unit('command', spec);
export type Command = ReturnType<typeof defineCommand>;

/** Flags that every command takes. */
export const commonFlags: readonly Flag[] = [
  {
    name: 'data-root',
    value: 'DIR',
    help: 'folder of all data (or BACKTEST_DATA_ROOT)',
    shown: './data',
    group: 'Everywhere',
    completes: 'folder',
  },
  { name: 'json', help: 'print exactly one JSON document on stdout', group: 'Everywhere' },
  { name: 'quiet', help: 'no progress on stderr', group: 'Everywhere' },
  { name: 'debug', help: 'show where an error came from', group: 'Everywhere' },
];

/** Every flag of a command. */
export function flagsOf(command: CommandSpec): readonly Flag[] {
  return [...(command.flags ?? []), ...commonFlags];
}
