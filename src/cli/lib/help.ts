import { type Command, type Flag, flagsOf } from './command.ts';
import { wrap } from './topHelp.ts';

const width = 100;

/** Help of one command: what it does, arguments, flags by group with defaults, examples, exit codes, related commands. */
export function commandHelp(command: Command): string {
  const { id, args = [], examples = [], seeAlso = [] } = command;
  const left = Math.max(...flagsOf(command).map((flag) => flagRow(flag)[0].length));
  const usage = [
    'backtest',
    id,
    ...args.map(({ name, isOptional, isRepeated }) => (isOptional === true ? `[${name}]` : `<${name}>`) + (isRepeated === true ? '...' : '')),
    '[flags]',
  ].join(' ');
  const blocks = [
    [`Usage: ${usage}`],
    wrap(command.about ?? `${command.summary}.`, width),
    args.length === 0
      ? []
      : [
          'Arguments:',
          ...rows(
            args.map(({ name, help }) => [name, help]),
            Math.max(...args.map(({ name }) => name.length)),
          ),
        ],
    ...flagGroups(flagsOf(command)).map(({ group, flags }) => [`${group}:`, ...rows(flags.map(flagRow), left)]),
    examples.length === 0 ? [] : ['Examples:', ...examples.map((example) => `  ${example}`)],
    ['Exit codes:', ...rows(exitLines(command), 3)],
    seeAlso.length === 0 ? [] : [`See also: ${seeAlso.map((other) => `backtest ${other}`).join(', ')}`],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The same help as one JSON document. */
export function helpData(command: Command): unknown {
  return {
    command: command.id,
    summary: command.summary,
    about: command.about ?? null,
    arguments: (command.args ?? []).map(({ name, help, choices, isOptional, isRepeated }) => ({
      name,
      help,
      choices: choices ?? null,
      optional: isOptional === true,
      repeatable: isRepeated === true,
    })),
    flags: flagsOf(command).map(({ name, value, help, shown, group, repeat, only }) => ({
      name: `--${name}`,
      value: value ?? null,
      help,
      default: shown ?? null,
      group: group ?? 'Flags',
      repeatable: repeat === true,
      only: only ?? null,
    })),
    examples: command.examples ?? [],
    exit_codes: Object.fromEntries(exitLines(command)),
    see_also: command.seeAlso ?? [],
  };
}

function exitLines({ no }: Command): [code: string, meaning: string][] {
  return [
    ['0', 'done'],
    ...(no === undefined ? [] : [['1', `done, and the answer is no: ${no}`] as [string, string]]),
    ['2', 'wrong command line or configuration'],
    ['3', 'data refused: damaged, contradictory or not there'],
    ['4', 'environment: network, disk, permission or lock'],
    ['70', 'a defect of backtest'],
    ['130', 'interrupted (143 when terminated); the same command continues'],
  ];
}

/** Flags by group in the order of their first flag; the ungrouped first. */
function flagGroups(flags: readonly Flag[]): { readonly group: string; readonly flags: readonly Flag[] }[] {
  const groups = [...new Set(flags.map(({ group }) => group ?? 'Flags'))];
  return groups.map((group) => ({ group, flags: flags.filter((flag) => (flag.group ?? 'Flags') === group) }));
}

function flagRow({ name, value, help, shown, repeat, only }: Flag): [string, string] {
  const isMarked = repeat === true && !help.includes('repeatable');
  const notes = [
    ...(only === undefined ? [] : [`for ${only.join(', ')}`]),
    ...(isMarked ? ['repeatable'] : []),
    ...(shown === undefined ? [] : [`default: ${shown}`]),
  ];
  return [`--${name}${value === undefined ? '' : ` ${value}`}`, `${help}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`];
}

/** Two columns; the left one is `left` wide. */
function rows(cells: readonly (readonly [string, string])[], left: number): string[] {
  return cells.flatMap(([name, help]) => {
    const [first = '', ...more] = wrap(help, width - left - 4);
    return [`  ${name.padEnd(left)}  ${first}`, ...more.map((line) => `${' '.repeat(left + 4)}${line}`)];
  });
}
