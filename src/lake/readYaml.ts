import type { CST, Document, Pair } from 'yaml';
import type { Files } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';

const maxBytes = 2 ** 20;
const maxDepth = 32;

/** A place in a YAML file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface YamlFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where each key stands, nested ones by dotted path. */
  readonly places: ReadonlyMap<string, Place>;
}

/** `run.yaml line 3, column 5`. */
export function placeText({ file, line, column }: Place): string {
  return `${file} line ${line}, column ${column}`;
}

/**
 * The mapping in a YAML 1.2 file of the core schema: no aliases, no tags, no keys but plain text, at most 32 levels and 1 MiB. A file
 * without a value is an empty mapping.
 *
 * @param remedy what to do about a file that cannot be read, or is no mapping
 * @throws E_CONFIG with the place for anything else
 */
export async function readYaml(files: Files, file: string, remedy: { readonly absent: string; readonly shape: string }): Promise<YamlFile> {
  const yaml = await import('yaml');
  const text = await readText(files, file, remedy.absent);
  const lineCounter = new yaml.LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line, column: col };
  };
  const refuse = (offset: number | undefined, problem: string, hint: string) => {
    const place = offset === undefined ? null : placeOf(offset);
    return new AppError('E_CONFIG', { where: place === null ? file : placeText(place), problem, remedy: hint, ...(place ?? { file }) });
  };
  for (const token of new yaml.Parser(lineCounter.addNewLine).parse(text)) {
    const deep = tooDeep(token);
    if (deep !== null) throw refuse(deep, `expected at most ${maxDepth} levels`, 'Correct the YAML.');
  }
  const document = yaml.parseDocument(text, { lineCounter: new yaml.LineCounter(), version: '1.2', schema: 'core' });
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) throw refuse(first.pos[0], first.message.split('\n')[0]!, 'Correct the YAML.');
  refuseFeatures(yaml, document, (offset, problem) => refuse(offset, problem, 'Write the value out as plain YAML.'));
  const value = document.toJS() as unknown;
  const places = keyPlaces(yaml, document, placeOf);
  if (value === null) return { values: {}, places };
  if (typeof value !== 'object' || Array.isArray(value)) throw refuse(undefined, 'expected a mapping of keys to values', remedy.shape);
  return { values: value as Record<string, unknown>, places };
}

async function readText(files: Files, file: string, absent: string): Promise<string> {
  const stat = await files.stat(file);
  const refuse = (problem: string, remedy: string) => new AppError('E_CONFIG', { where: file, problem, remedy, file });
  if (stat === null) throw refuse('there is no such file', absent);
  if (!stat.isFile) throw refuse('it is not a file', absent);
  if (stat.size > maxBytes) throw refuse(`expected at most ${maxBytes} bytes, found ${stat.size}`, 'Such a file is a short text.');
  return (await files.read(file)).toString('utf8');
}

/** Where each key of nested mappings stands. */
function keyPlaces(yaml: typeof import('yaml'), document: Document.Parsed, placeOf: (offset: number) => Place): Map<string, Place> {
  const places = new Map<string, Place>();
  yaml.visit(document, {
    Pair: (_, pair, path) => {
      const names = [...path.filter((node) => yaml.isPair(node)), pair].map(nameOf);
      const { range } = pair.key as { range?: [number, number, number] };
      if (range !== undefined) places.set(names.join('.'), placeOf(range[0]));
    },
  });
  return places;
}

function nameOf({ key }: Pair): string {
  return String((key as { value?: unknown }).value);
}

/** Throws for what would make one value many, another type, or another object's prototype. */
function refuseFeatures(
  yaml: typeof import('yaml'),
  document: Document.Parsed,
  refuse: (offset: number | undefined, problem: string) => AppError,
): void {
  yaml.visit(document, {
    Alias: (_, node) => {
      throw refuse(node.range?.[0], 'aliases are not supported');
    },
    Node: (_, node) => {
      if (node.tag !== undefined) throw refuse(node.range?.[0], `the tag ${node.tag} is not accepted`);
    },
    Pair: (_, { key }) => {
      if (yaml.isScalar(key) && key.value !== '__proto__') return;
      throw refuse((key as { range?: [number] } | null)?.range?.[0], 'a key has to be a plain name');
    },
  });
}

/** Offset of the first token that lies deeper than allowed; walks without recursion. */
function tooDeep(root: CST.Token): number | null {
  const open: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return token.offset;
    const inside = 'items' in token ? token.items.flatMap(({ key, value }) => [key, value]) : token.type === 'document' ? [token.value] : [];
    for (const child of inside) if (child !== null && child !== undefined) open.push({ token: child, depth: depth + 1 });
  }
  return null;
}
