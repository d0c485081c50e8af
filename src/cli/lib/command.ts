import { unit } from '../../core/define.ts';
import type { Effects } from '../../core/effects.ts';

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
}

export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly isOptional?: boolean;
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

export interface CommandSpec {
  readonly id: string;
  readonly summary: string;
  readonly args?: readonly Argument[];
  readonly flags?: readonly Flag[];
  readonly examples?: readonly string[];
  readonly run: (invocation: Invocation) => Promise<CommandResult>;
}

/** One command per file in cli/commands. */
export const defineCommand = (spec: CommandSpec) => unit('command', spec);
export type Command = ReturnType<typeof defineCommand>;

/** Flags that every command takes. */
export const commonFlags: readonly Flag[] = [
  { name: 'data-root', value: 'DIR', help: 'folder of all data (or BACKTEST_DATA_ROOT)', shown: './data', group: 'Everywhere' },
  { name: 'json', help: 'print exactly one JSON document', group: 'Everywhere' },
  { name: 'quiet', help: 'no progress on stderr', group: 'Everywhere' },
  { name: 'debug', help: 'show where an error came from', group: 'Everywhere' },
];
