import type { CST, Document } from 'yaml';
import type { Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { requestKeys } from '../../stages/lib/runConfig.ts';

const maxBytes = 2 ** 20;
const maxDepth = 32;

/**
 * The mapping of a YAML 1.2 configuration file of the core schema: known keys, no aliases, no tags, no keys but plain
 * text, at most 32 levels and 1 MiB.
 *
 * @throws E_CONFIG with the line for anything else
 */
export async function readConfig(files: Files, file: string): Promise<Record<string, unknown>> {
  const yaml = await import('yaml');
  const stat = await files.stat(file);
  if (stat === null) throw problemAt(file, 'there is no such file', 'Check the path given to --config.');
  if (stat.size > maxBytes)
    throw problemAt(file, `expected at most ${maxBytes} bytes, found ${stat.size}`, 'A configuration is a short list of keys.');
  const text = (await files.read(file)).toString('utf8');
  const lineCounter = new yaml.LineCounter();
  const lineOf = (offset: number | undefined) => (offset === undefined ? file : `${file} line ${lineCounter.linePos(offset).line}`);
  for (const token of new yaml.Parser(lineCounter.addNewLine).parse(text)) {
    const deep = tooDeep(token);
    if (deep !== null) throw problemAt(lineOf(deep), `expected at most ${maxDepth} levels`, 'Correct the YAML.');
  }
  const document = yaml.parseDocument(text, { lineCounter: new yaml.LineCounter(), version: '1.2', schema: 'core' });
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) throw problemAt(lineOf(first.pos[0]), first.message.split('\n')[0]!, 'Correct the YAML.');
  refuseFeatures(yaml, document, (offset, problem) => problemAt(lineOf(offset), problem, 'Write the value out as plain YAML.'));
  const value = document.toJS() as unknown;
  if (value === null) return {};
  const known = `Known keys: ${requestKeys.join(', ')}`;
  if (typeof value !== 'object' || Array.isArray(value)) throw problemAt(file, 'expected a mapping of keys to values', known);
  for (const key of Object.keys(value)) {
    if ((requestKeys as readonly string[]).includes(key)) continue;
    const range = (document.getIn([key], true) as { range?: [number, number, number] } | undefined)?.range;
    throw problemAt(lineOf(range?.[0]), `there is no key ${key}${didYouMean(key, requestKeys)}`, known);
  }
  return value as Record<string, unknown>;
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

function problemAt(where: string, problem: string, remedy: string): AppError {
  return new AppError('E_CONFIG', { where, problem, remedy });
}
