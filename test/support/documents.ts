import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from './shared.ts';

/** Documents that stand beside the code rather than below docs/. */
export const frontDocuments = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'examples/README.md'];

const below = (folder: string) =>
  readdirSync(join(projectRoot, folder), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith('.md'))
    .sort();

/** Every document for people, by path from the root. */
export const documents = [...frontDocuments, ...below('docs')].filter((name) => existsSync(join(projectRoot, name)));

export const documentText = (name: string): string => readFileSync(join(projectRoot, name), 'utf8');

/** Cells of the first table after a heading, header and rule left out; code marks removed from the first cell. */
export function tableUnder(document: string, heading: string): string[][] {
  const lines = documentText(document).split('\n');
  const at = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  expect(at, `${document} has no heading ${heading}`).toBeGreaterThanOrEqual(0);
  const from = lines.findIndex((line, index) => index > at && line.startsWith('|'));
  const rows: string[][] = [];
  for (let index = from + 2; lines[index]?.startsWith('|') === true; index++) {
    const cells = lines[index]!.slice(1, -1).split('|');
    rows.push(cells.map((cell) => cell.trim()));
  }
  return rows.map(([first, ...rest]) => [first!.replaceAll('`', ''), ...rest]);
}

export const firstCells = (document: string, heading: string) => tableUnder(document, heading).map(([first]) => first);

/**
 * A fenced block. A mark is an HTML comment on the line before it:
 * `run` (its commands are run, in order, in one folder per document), `run: exit 1`, `run: mirror` (against the imitated
 * archive, where that is to be had), `file: PATH` (its text is that file in the same folder), `sql` and `python` (executed there after
 * the commands, and what they print is the `text` block that follows), `js` (a program against the built library).
 */
export interface Block {
  readonly mark: string;
  readonly language: string;
  readonly body: string;
  /** Text of the block that follows directly, when it is of language `text`. */
  readonly output: string | null;
}

export function blocksOf(name: string): Block[] {
  const pattern = /(?:^<!-- (?<mark>.*?) -->\n+)?^```(?<language>\w*)\n(?<body>.*?)^```/gms;
  const blocks = [...documentText(name).matchAll(pattern)].map(({ groups }) => ({
    mark: groups!['mark'] ?? '',
    language: groups!['language']!,
    body: groups!['body']!,
  }));
  return blocks.map((block, index) => {
    const next = blocks[index + 1];
    return { ...block, output: next?.language === 'text' ? next.body : null };
  });
}

/** Command lines of a block: `backtest ...` and `node ...`, comments left out. */
export const commandsOf = ({ body }: Pick<Block, 'body'>): string[] =>
  body
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => /^(backtest|node) /.test(line));

/** Words of a command line, quotes respected. */
const wordsOf = (line: string) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare!);

/** Arguments of `backtest`, or null for a command of another program that exists. */
export function backtestArguments(line: string): string[] | null {
  const [program, ...rest] = wordsOf(line);
  if (program === 'backtest') return rest;
  const script = rest.find((word) => !word.startsWith('-'))!;
  if (script === 'dist/cli/main.js') return rest.slice(rest.indexOf(script) + 1);
  expect(existsSync(join(projectRoot, script)), line).toBe(true);
  return null;
}

/** The anchor that a heading gets. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Anchors of a document; a heading that repeats gets a number. */
export function anchorsOf(name: string): string[] {
  const seen = new Map<string, number>();
  const prose = documentText(name).replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map((match) => {
    const slug = slugOf(match[1]!);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
