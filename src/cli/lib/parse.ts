import { parseArgs } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type Argument, type Command, type Flag, flagsOf, type ParsedFlags } from './command.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly text: string; readonly data: unknown }
  | { readonly kind: 'run'; readonly args: readonly string[]; readonly flags: ParsedFlags };

/**
 * The arguments and flags of one command, or its help.
 *
 * @throws E_USAGE on an unknown flag, argument or action (with the nearest known one), on a missing value or argument,
 *         and on a flag given twice
 */
export async function parseCommand(command: Command, argv: readonly string[]): Promise<Parsed> {
  const end = argv.indexOf('--');
  if (argv.slice(0, end === -1 ? argv.length : end).some((word) => word === '--help' || word === '-h')) {
    const { commandHelp, helpData } = await import('./help.ts');
    return { kind: 'help', text: commandHelp(command), data: helpData(command) };
  }
  const known = flagsOf(command);
  const options = Object.fromEntries(known.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]));
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const flags: Record<string, string | readonly string[] | true> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = token.rawName.startsWith('--') ? known.find(({ name }) => name === token.name) : undefined;
    if (flag === undefined) throw unknownFlag(argv[token.index]!, known);
    const isRepeated = flags[flag.name] !== undefined;
    if (flag.value === undefined) flags[flag.name] = onlySwitch(flag, token.value);
    else if (flag.repeat === true) flags[flag.name] = [...((flags[flag.name] ?? []) as readonly string[]), valueOf(flag, token)];
    else if (isRepeated) throw usage(`--${flag.name} is given twice; it takes one value (${flag.value})`);
    else flags[flag.name] = valueOf(flag, token);
  }
  checkWords(command, words);
  checkActions(command, words[0] ?? command.args?.[0]?.choices?.[0], Object.keys(flags));
  return { kind: 'run', args: words, flags };
}

function onlySwitch(flag: Flag, value: string | undefined): true {
  if (value === undefined) return true;
  throw usage(`--${flag.name} takes no value, found ${JSON.stringify(value)}`);
}

/** The value of a flag. The platform's parser takes whatever word follows, also the next flag. */
function valueOf(flag: Flag, { value, inlineValue }: { readonly value: string | undefined; readonly inlineValue: boolean | undefined }): string {
  const needs = `--${flag.name} needs a value (${flag.value!})`;
  if (value === undefined) throw usage(needs);
  if (inlineValue !== true && value.startsWith('--')) throw usage(`${needs}, found ${value}`);
  if (value.trim() === '') throw usage(`${needs}, found nothing`);
  return value;
}

function unknownFlag(word: string, known: readonly Flag[]): AppError {
  const [given] = word.split('=');
  const name = given!.replace(/^-+/, '').replaceAll('_', '-').toLowerCase();
  const guess = known.some((flag) => flag.name === name)
    ? `; did you mean --${name}?`
    : didYouMean(
        `--${name}`,
        known.map((flag) => `--${flag.name}`),
      );
  return usage(`there is no flag ${given!}${guess}`);
}

function checkWords(command: Command, words: readonly string[]): void {
  const args = command.args ?? [];
  for (const [index, argument] of args.entries()) {
    const word = words[index];
    if (word === undefined ? argument.isOptional !== true : word.trim() === '') throw usage(`${command.id} needs ${described(argument)}`);
    if (word !== undefined && argument.only?.includes(words[0]!) === false)
      throw usage(`${command.id} ${words[0]!} takes nothing more, found ${word}${flagMeant(command, word)}`);
    if (word === undefined || argument.choices?.includes(word) !== false) continue;
    throw usage(`there is no ${argument.name} ${word}${didYouMean(word, argument.choices)} (${argument.choices.join(', ')})`);
  }
  const extra = words[args.length];
  if (extra === undefined || args.at(-1)?.isRepeated === true) return;
  const takes = args.length === 0 ? 'no arguments' : `at most ${args.length} arguments (${args.map(({ name }) => name).join(', ')})`;
  throw usage(`${command.id} takes ${takes}, found ${extra}${flagMeant(command, extra)}`);
}

function checkActions(command: Command, action: string | undefined, given: readonly string[]): void {
  for (const { name, only } of command.flags ?? [])
    if (only !== undefined && given.includes(name) && !only.includes(action!))
      throw usage(`--${name} is for ${only.map((other) => `${command.id} ${other}`).join(' and ')}, not for ${command.id} ${action!}`);
}

/** What somebody meant who wrote a word where only flags are. */
function flagMeant(command: Command, word: string): string {
  const known = flagsOf(command);
  const isSymbols = /^[A-Z0-9]{5,24}(,[A-Z0-9]+)*,?$/.test(word) && known.some(({ name }) => name === 'symbols');
  if (isSymbols) return '; symbols follow --symbols, with commas and no blanks between them';
  return didYouMean(
    word.replace(/=.*/, '').replaceAll('_', '-'),
    known.map(({ name }) => name),
  ).replace('mean ', 'mean --');
}

function described({ name, choices, help }: Argument): string {
  return choices === undefined ? `<${name}>: ${help}` : `<${name}>: ${choices.join(', ')}`;
}

function usage(problem: string): AppError {
  return new AppError('E_USAGE', { problem });
}
