import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../src/cli/lib/command.ts';
import { parseCommand } from '../src/cli/lib/parse.ts';
import { errorTable, exitCodes } from '../src/core/errors.ts';
import type { ColumnSpec } from '../src/core/table.ts';
import { openRegistry } from '../src/registry/discover.ts';
import { cleanBarColumns, cleanFundingColumns } from '../src/stages/clean.ts';
import { contextColumns } from '../src/stages/context.ts';
import { contractColumns } from '../src/stages/features.ts';
import { rawFundingColumns } from '../src/stages/ingest_funding.ts';
import { rawBarColumns } from '../src/stages/ingest_ohlcv.ts';
import { portfolioColumns, strategyColumns } from '../src/stages/lib/engineTables.ts';
import { plantedDefects } from '../src/venues/sample/defects.ts';
import { cli, cliJson, type RunDocument, sampleRun, writeFiles } from './support/cli.ts';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';
import { projectRoot } from './support/shared.ts';

const front = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const docs = readdirSync(join(projectRoot, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .sort();
const documents = [...front, ...docs.map((name) => `docs/${name}`)].filter((name) => existsSync(join(projectRoot, name)));
const text = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const json = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;

afterAll(removeFolders);

/** Cells of the first table after a heading, header and rule left out; code marks removed from the first cell. */
function tableUnder(document: string, heading: string): string[][] {
  const lines = text(document).split('\n');
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
const firstCells = (document: string, heading: string) => tableUnder(document, heading).map(([first]) => first);

describe('docs/errors.md', () => {
  it('lists every code once, with its exit code', () => {
    const listed = tableUnder('docs/errors.md', 'Errors').map(([code, exit]) => [code, Number(exit)]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(Object.entries(errorTable).map(([code, { exit }]) => [code, exit])));
    expect(listed).toHaveLength(Object.keys(errorTable).length);
  });

  it('says meaning, cause and remedy of each', () => {
    for (const [code, , ...words] of tableUnder('docs/errors.md', 'Errors')) {
      expect(words, code).toHaveLength(3);
      expect(words[0]!.length, code).toBeGreaterThan(10);
      expect(words[2]!.length, code).toBeGreaterThan(10);
    }
  });

  it('lists every exit code', () => {
    const listed = tableUnder('docs/errors.md', 'Exit codes').map(([exit, name]) => [name!.replaceAll('`', ''), Number(exit)]);
    expect(Object.fromEntries(listed)).toEqual(exitCodes);
  });

  it('has no code that nothing throws', () => {
    const source = readdirSync(join(projectRoot, 'src'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => text(join('src', name)))
      .join('\n');
    const thrown = new Set([...source.matchAll(/new AppError\(\s*'(E_[A-Z_]+)'/g)].map((match) => match[1]));
    expect(Object.keys(errorTable).filter((code) => !thrown.has(code))).toEqual([]);
  });
});

describe('docs/dependencies.md', () => {
  interface Package {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  }
  const { dependencies, devDependencies } = json<Package>(join(projectRoot, 'package.json'));
  const unused = [...(/Declared, used by nothing\n+(.*)/.exec(text('docs/dependencies.md'))?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(
    (match) => match[1]!,
  );

  it('argues every direct dependency and no other', () => {
    const argued = (heading: string) => firstCells('docs/dependencies.md', heading);
    const known = (group: Record<string, string>) => Object.keys(group).filter((name) => !unused.includes(name));
    expect(argued('At run time')).toEqual(known(dependencies).sort());
    expect(argued('For development')).toEqual(known(devDependencies).sort());
    for (const name of unused) expect({ ...dependencies, ...devDependencies }).toHaveProperty([name]);
  });

  it('a runtime dependency is imported by the product', () => {
    const source = readdirSync(join(projectRoot, 'src'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => text(join('src', name)))
      .join('\n');
    const isImported = (name: string) => new RegExp(`(from|import\\(|require\\()\\s*'${name}(/[^']*)?'`).test(source);
    expect(Object.keys(dependencies).filter((name) => !unused.includes(name) && !isImported(name))).toEqual([]);
  });
});

describe('what a run writes is what the documents say', () => {
  const folder = temporaryFolder();
  const dataRoot = join(folder, 'data');
  let run: RunDocument;

  beforeAll(async () => {
    run = await cliJson<RunDocument>(sampleRun(dataRoot, { end: '2023-01-05', strategies: 'vol_compression_reversion_v1' }));
  });

  const result = (name: string) => join(dataRoot, 'lake', 'trades', 'backtests', run.run_id, name);
  const record = (name: string) => json<object>(join(dataRoot, 'runs', run.run_id, name));
  const keys = (value: object) => Object.keys(value).sort();
  const documented = (heading: string, document = 'docs/metrics.md') => firstCells(document, heading).map(String).sort();
  const csvHeader = (name: string) => readFileSync(result(name), 'utf8').split('\n')[0]!.split(',');

  it('metrics.json', () => {
    const metrics = json<Record<string, Record<string, object>>>(result('metrics.json'));
    expect(keys(metrics)).toEqual(documented('metrics.json'));
    const ofBookOnly = ['accounting', 'compat', 'strategies', 'symbols'];
    const ofParts = documented('metrics.json').filter((key) => !ofBookOnly.includes(key));
    expect(keys(metrics['strategies']!['vol_compression_reversion_v1']!)).toEqual(ofParts);
    expect(keys(metrics['symbols']!['BTCUSDT']!)).toEqual(ofParts);
  });

  it('fee_sensitivity.json', () => {
    for (const scenario of json<object[]>(result('fee_sensitivity.json'))) expect(keys(scenario)).toEqual(documented('fee_sensitivity.json'));
  });

  it('CSV files, column by column', () => {
    expect(csvHeader('trades_BTCUSDT.csv')).toEqual(firstCells('docs/metrics.md', 'trades CSV'));
    expect(csvHeader('equity_curve.csv')).toEqual(firstCells('docs/metrics.md', 'equity_curve.csv'));
  });

  it('run.json, manifests and environment.json', () => {
    expect(keys(record('run.json'))).toEqual(documented('run.json', 'docs/data.md'));
    for (const stage of ['ingest_ohlcv', 'clean', 'backtest', 'report'])
      expect(keys(record(`${stage}.json`))).toEqual(documented('Manifests', 'docs/data.md'));
    expect(keys(record('environment.json'))).toEqual(documented('environment.json', 'docs/data.md'));
  });

  const tables: [string, string, readonly ColumnSpec[]][] = [
    ['docs/metrics.md', 'strategy_returns', strategyColumns],
    ['docs/metrics.md', 'portfolio_returns', portfolioColumns],
    ['docs/data.md', 'Raw bars', rawBarColumns],
    ['docs/data.md', 'Raw funding', rawFundingColumns],
    ['docs/data.md', 'Clean bars', cleanBarColumns],
    ['docs/data.md', 'Clean funding', cleanFundingColumns],
    ['docs/data.md', 'Features', contractColumns],
    ['docs/data.md', 'Context', contextColumns],
  ];
  it.each(tables)('columns and types of %s, %s', (document, heading, columns) => {
    const isTypeSecond = document === 'docs/data.md';
    const listed = tableUnder(document, heading).map(([name, second, third]) => `${name}:${isTypeSecond ? second : third}`);
    expect(listed).toEqual(columns.map(({ name, type }) => `${name}:${type}`));
  });

  it('planted defects of the sample market', () => {
    const listed = tableUnder('docs/sample-market.md', 'The list').map((cells) => cells.slice(0, 4).join(' '));
    const planted = plantedDefects.map(({ kind, symbol, start, bars }) => {
      const time = new Date(start).toISOString().slice(0, 16).replace('T', ' ');
      return `${kind} ${symbol === '*' ? 'all' : symbol} ${time} ${bars}`;
    });
    expect([...listed].sort()).toEqual([...planted].sort());
  });
});

describe('links of the documents', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  const anchors = (name: string) => [...text(name).matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1]!));

  it.each(documents)('%s: every relative link leads somewhere', (name) => {
    const prose = text(name).replaceAll(/^```.*?^```/gms, '');
    for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split('#') as [string, string | undefined];
      const file = path === '' ? name : join(dirname(name), path);
      if (front.includes(file) && !existsSync(join(projectRoot, file))) continue;
      expect(existsSync(join(projectRoot, file)), `${name}: ${target!}`).toBe(true);
      if (anchor !== undefined && file.endsWith('.md')) expect(anchors(file), `${name}: ${target!}`).toContain(anchor);
    }
  });
});

/**
 * Commands in ```sh blocks. `<!-- run -->` before a block: its commands are run, in order, in one folder per document;
 * `<!-- file: PATH -->` before a block: its text is that file in the same folder.
 */
interface Block {
  readonly mark: string;
  readonly language: string;
  readonly body: string;
}

function blocksOf(name: string): Block[] {
  const pattern = /(?:^<!-- (?<mark>.*?) -->\n+)?^```(?<language>\w*)\n(?<body>.*?)^```/gms;
  return [...text(name).matchAll(pattern)].map(({ groups }) => ({
    mark: groups!['mark'] ?? '',
    language: groups!['language']!,
    body: groups!['body']!,
  }));
}

const commandsOf = ({ body }: Block) =>
  body
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => /^(backtest|node) /.test(line));

/** Words of a command line, quotes respected. */
const wordsOf = (line: string) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare!);

describe('commands of the documents', () => {
  const registry = openRegistry();

  /** Arguments of `backtest`, or null for a command of another program that exists. */
  function backtestArguments(line: string): string[] | null {
    const [program, ...rest] = wordsOf(line);
    if (program === 'backtest') return rest;
    const script = rest.find((word) => !word.startsWith('-'))!;
    if (script === 'dist/cli/main.js') return rest.slice(rest.indexOf(script) + 1);
    expect(existsSync(join(projectRoot, script)), line).toBe(true);
    return null;
  }

  it.each(documents)('%s: every one parses', async (name) => {
    for (const block of blocksOf(name).filter(({ language }) => language === 'sh')) {
      for (const line of commandsOf(block)) {
        const [id, ...argv] = backtestArguments(line) ?? ['--help'];
        if (id!.startsWith('--')) continue;
        const command = await registry.load<Command>('command', id!);
        expect((await parseCommand(command, argv)).kind, line).toMatch(/run|help/);
      }
    }
  });

  const runnable = documents.filter((name) => blocksOf(name).some(({ mark }) => mark === 'run'));
  it.each(runnable)('%s: those marked to be run end with 0', async (name) => {
    const folder = temporaryFolder();
    for (const { mark, body } of blocksOf(name)) if (mark.startsWith('file: ')) writeFiles(folder, { [mark.slice(6).trim()]: body });
    for (const block of blocksOf(name).filter(({ mark }) => mark === 'run')) {
      const commands = commandsOf(block);
      expect(commands, `${name} runs a block without commands`).not.toEqual([]);
      for (const line of commands) {
        const result = await cli(backtestArguments(line)!, { cwd: folder, env: { BACKTEST_DATA_ROOT: join(folder, 'data') } });
        expect(result.exit, `${line}\n${result.stderr}`).toBe(0);
      }
    }
  });
});

describe('docs/findings.md', () => {
  it('explains every code that a finding can carry', () => {
    const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !entry.parentPath.includes('testing'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .filter((text) => /findings?\.ts'|Finding\b/.test(text));
    const codes = new Set(
      sources.flatMap((text) =>
        [...text.matchAll(/(?:code: (?:\w+ \? )?|note\()'([A-Z][A-Z_]+)'(?: : '([A-Z][A-Z_]+)')?/g)].flatMap((match) => [
          match[1]!,
          match[2] ?? match[1]!,
        ]),
      ),
    );
    const text = readFileSync(join(projectRoot, 'docs/findings.md'), 'utf8');
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => !text.includes(`\`${code}\``)).sort()).toEqual([]);
  });
});
