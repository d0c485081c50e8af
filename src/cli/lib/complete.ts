import { resolve } from 'node:path';
import { accountingIds } from '../../engine/accountings.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Unit } from '../../core/define.ts';
import { createEffects } from '../../lake/realEffects.ts';
import { lakePaths } from '../../lake/paths.ts';
import type { Registry } from '../../registry/discover.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { runIds } from '../../stages/lib/readRun.ts';
import { createHttp } from '../../venues/http.ts';
import { type Command, type Completes, type Flag, flagsOf } from './command.ts';

/** One thing that may stand where the cursor is. */
interface Candidate {
  readonly value: string;
  readonly help: string;
}

/** Candidates, or what the shell completes itself. */
type Offer = readonly Candidate[] | 'files' | 'folders';

/**
 * What the shell's completion function prints: one candidate per line with a tab and a sentence, or `:files` or
 * `:folders`. Never fails: what cannot be known is not offered.
 *
 * @param request the shell, then its words up to the cursor without the program, the last one being typed; bash and
 *                powershell hand over the line instead
 */
export async function complete(request: readonly string[], dataRoot: string): Promise<string> {
  const [shell = '', ...rest] = request;
  const isLine = shell === 'bash' || shell === 'powershell';
  const words = isLine ? wordsOf(rest[0] ?? '').slice(1) : rest;
  try {
    const offer = await offerFor(words, dataRoot);
    if (typeof offer === 'string') return `:${offer}\n`;
    return offer.map((candidate) => lineFor(shell, words.at(-1) ?? '', candidate)).join('');
  } catch {
    return '';
  }
}

/** bash splits words at `=`, so it gets what follows the last one; zsh wants a colon between value and sentence. */
function lineFor(shell: string, typed: string, { value, help }: Candidate): string {
  const inner = value.slice(0, -1).lastIndexOf('=');
  const shown = shell === 'bash' && typed.includes('=') && inner >= 0 ? value.slice(inner + 1) : value;
  if (help === '') return `${shown}\n`;
  return shell === 'zsh' ? `${shown.replaceAll(':', '\\:')}:${help}\n` : `${shown}\t${help}\n`;
}

/** Words of a line up to the cursor; the last is empty after a blank. Quotes keep blanks together and are dropped. */
export function wordsOf(line: string): string[] {
  const words = [''];
  let quote = '';
  for (const char of line) {
    if (quote === '' && /\s/.test(char)) {
      if (words.at(-1) !== '') words.push('');
    } else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else words[words.length - 1] += char;
  }
  return words;
}

async function offerFor(words: readonly string[], defaultRoot: string): Promise<Offer> {
  const typed = words.at(-1) ?? '';
  const [name, ...before] = words.slice(0, -1);
  const dataRoot = flagIn(words, 'data-root') ?? defaultRoot;
  const plugins = [flagIn(words, 'plugins')].filter((folder) => folder !== undefined);
  const registry = openRunRegistry(resolve(dataRoot), plugins, createEffects({ http: createHttp() }));
  const commands = registry.list('command').map(({ id, summary }) => ({ value: id, help: summary ?? '' }));
  if (name === undefined)
    return startingWith(typed, [...commands, { value: '--help', help: 'what there is' }, { value: '--version', help: 'the version' }]);
  if (name === 'help') return startingWith(typed, commands);
  if (!registry.ids('command').includes(name)) return [];
  const command = await registry.load<Command>('command', name);
  const action = before.find((word) => !word.startsWith('-')) ?? command.args?.[0]?.choices?.[0];
  const known = flagsOf(command).filter(({ only }) => only === undefined || only.includes(action ?? ''));
  const { awaiting, positionals } = readWords(before, known);
  const source: Sources = { registry, dataRoot: resolve(dataRoot) };
  if (awaiting !== null) return valuesFor(awaiting.completes, typed, source);
  const inline = /^--([a-z-]+)=(.*)$/.exec(typed);
  if (inline !== null) {
    const offer = await valuesFor(known.find((flag) => flag.name === inline[1])?.completes, inline[2]!, source);
    return typeof offer === 'string' ? offer : offer.map(({ value, help }) => ({ value: `--${inline[1]!}=${value}`, help }));
  }
  if (typed.startsWith('-')) return startingWith(typed, flagCandidates(known, before));
  const argument = (command.args ?? [])[positionals];
  if (argument?.choices !== undefined)
    return startingWith(
      typed,
      argument.choices.map((value) => ({ value, help: '' })),
    );
  if (argument !== undefined) return valuesFor(argument.completes, typed, source);
  return startingWith(typed, flagCandidates(known, before));
}

function flagIn(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(`--${name}`);
  return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** The flag whose value is typed next, and how many arguments stand before. */
function readWords(words: readonly string[], known: readonly Flag[]): { awaiting: Flag | null; positionals: number } {
  let awaiting: Flag | null = null;
  let positionals = 0;
  for (const word of words) {
    const flag: Flag | undefined = known.find(({ name }) => `--${name}` === word);
    if (awaiting !== null) awaiting = null;
    else if (flag?.value !== undefined) awaiting = flag;
    else if (!word.startsWith('-')) positionals++;
  }
  return { awaiting, positionals };
}

/** Flags that may still be given. */
function flagCandidates(known: readonly Flag[], before: readonly string[]): Candidate[] {
  const isUsed = ({ name, repeat }: Flag) => repeat !== true && before.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const flags = known.filter((flag) => !isUsed(flag)).map(({ name, help }) => ({ value: `--${name}`, help }));
  return [...flags, { value: '--help', help: 'what the command does, its flags and examples' }];
}

function startingWith(typed: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}

interface Sources {
  readonly registry: Registry;
  readonly dataRoot: string;
}

async function valuesFor(kind: Completes | undefined, typed: string, source: Sources): Promise<Offer> {
  if (kind === undefined) return [];
  if (kind === 'file') return 'files';
  if (kind === 'folder') return 'folders';
  const isList = kind === 'strategy' || kind === 'symbol';
  const done = isList ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const chosen = done.split(',');
  const candidates = await candidatesOf(kind, source);
  return startingWith(
    typed,
    candidates.filter(({ value }) => !chosen.includes(value)).map(({ value, help }) => ({ value: `${done}${value}`, help })),
  );
}

async function candidatesOf(kind: Exclude<Completes, 'file' | 'folder'>, { registry, dataRoot }: Sources): Promise<Candidate[]> {
  const plain = (values: readonly string[]) => values.map((value) => ({ value, help: '' }));
  if (kind === 'run') return plain(await runIds(createEffects({ http: createHttp() }).files, lakePaths(dataRoot)));
  if (kind === 'symbol') return plain(await lakeSymbols(dataRoot));
  if (kind === 'accounting') return plain(accountingIds);
  if (kind === 'param') return paramCandidates(registry);
  return registry.list(kind).map(({ id, summary }) => ({ value: id, help: summary ?? '' }));
}

/** Symbols that any venue's folder of the raw lake holds. */
async function lakeSymbols(dataRoot: string): Promise<string[]> {
  const { files } = createEffects({ http: createHttp() });
  const raw = `${dataRoot}/lake/raw`;
  const venues = await files.list(raw);
  const found = await Promise.all(venues.map((venue) => files.list(`${raw}/${venue}/perp`)));
  return [...new Set(found.flat())].sort();
}

async function paramCandidates(registry: Registry): Promise<Candidate[]> {
  const strategies = [...(await registry.loadAll<Strategy & Unit>('strategy')).values()];
  return strategies.flatMap(({ id, params }) => Object.entries(params).map(([name, { help }]) => ({ value: `${id}.${name}=`, help })));
}
