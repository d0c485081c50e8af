import { AppError } from '../../core/errors.ts';
import { type Command, commonFlags, type ParsedFlags } from './command.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'run'; readonly args: readonly string[]; readonly flags: ParsedFlags };

/**
 * The arguments and flags of one command, or its help text.
 *
 * @throws E_USAGE on an unknown flag or argument (with the nearest known one), a missing value or argument
 */
export async function parseCommand(command: Command, argv: readonly string[]): Promise<Parsed> {
  const { Command: Program, CommanderError, Argument, Option } = await import('commander');
  const program = new Program(`backtest ${command.id}`).description(command.summary).exitOverride().showSuggestionAfterError(true);
  let complaint = '';
  let help = '';
  program.configureOutput({ writeErr: (text) => (complaint += text), writeOut: (text) => (help += text) });
  for (const arg of command.args ?? []) {
    const argument = new Argument(arg.isOptional === true ? `[${arg.name}]` : `<${arg.name}>`, arg.help);
    program.addArgument(arg.choices === undefined ? argument : argument.choices([...arg.choices]));
  }
  for (const flag of [...(command.flags ?? []), ...commonFlags]) {
    const option = new Option(
      flag.value === undefined ? `--${flag.name}` : `--${flag.name} <${flag.value}>`,
      flag.shown === undefined ? flag.help : `${flag.help} (default: ${flag.shown})`,
    );
    if (flag.repeat === true) option.argParser((value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]);
    if (flag.group !== undefined) option.helpGroup(`${flag.group}:`);
    program.addOption(option);
  }
  if (command.examples !== undefined) program.addHelpText('after', `\nExamples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`);
  refuseMissingValues(command, argv);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') return { kind: 'help', text: help };
    throw new AppError(
      'E_USAGE',
      {
        problem: complaint
          .trim()
          .replace(/^error: /, '')
          .replaceAll('\n', ' '),
      },
      { cause: error },
    );
  }
  const options = program.opts<Record<string, unknown>>();
  const flags: Record<string, string | string[] | true> = {};
  for (const flag of [...(command.flags ?? []), ...commonFlags]) {
    const value = options[flag.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) flags[flag.name] = value as string;
  }
  return { kind: 'run', args: program.args, flags };
}

/** Commander would take the next flag for the value. */
function refuseMissingValues(command: Command, argv: readonly string[]): void {
  for (const flag of [...(command.flags ?? []), ...commonFlags]) {
    const at = argv.indexOf(`--${flag.name}`);
    if (flag.value !== undefined && at >= 0 && argv[at + 1]?.startsWith('--') === true)
      throw new AppError('E_USAGE', { problem: `--${flag.name} needs a value (${flag.value}), found ${argv[at + 1]!}` });
  }
}
