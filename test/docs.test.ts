import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorTable, exitCodes } from '../src/core/errors.ts';
import type { ColumnSpec } from '../src/core/table.ts';
import { cleanBarColumns, cleanFundingColumns } from '../src/stages/clean.ts';
import { contextColumns } from '../src/stages/context.ts';
import { contractColumns } from '../src/stages/lib/featurePlan.ts';
import { rawFundingColumns } from '../src/stages/ingest_funding.ts';
import { extraColumns } from '../src/stages/lib/extraColumns.ts';
import { rawExtraColumns } from '../src/stages/lib/extraDatasets.ts';
import { rawBarColumns } from '../src/stages/lib/ingestKlines.ts';
import { portfolioColumns, strategyColumns } from '../src/stages/lib/engineTables.ts';
import { plantedDefects } from '../src/venues/sample/defects.ts';
import { cliJson, type RunDocument, sampleRun } from './support/cli.ts';
import { documentText, firstCells, tableUnder } from './support/documents.ts';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';
import { projectRoot } from './support/shared.ts';

const text = documentText;
const json = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;

afterAll(removeFolders);

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

  it('shows how each looks, as its template makes it', () => {
    const messages = text('docs/errors.md').split('\n## Messages\n')[1]!;
    const shown = [...messages.matchAll(/^### (\w+)\n\n```text\nerror (\w+): (.*)\n  next: (.*)\n```$/gm)];
    expect(shown.map(([, heading]) => heading)).toEqual(firstCells('docs/errors.md', 'Errors'));
    const like = (template: string) => new RegExp(`^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '.*')}$`);
    for (const [, heading, code, message, hint] of shown) {
      const row = errorTable[code as keyof typeof errorTable];
      expect(code).toBe(heading);
      expect(message).toMatch(like(row.template));
      expect(hint).toMatch(like(row.hint));
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

  it('latency_sensitivity.json', () => {
    const scenarios = json<object[]>(result('latency_sensitivity.json'));
    expect(scenarios).toHaveLength(3);
    for (const scenario of scenarios) expect(keys(scenario)).toEqual(documented('latency_sensitivity.json'));
  });

  it('risk_metrics.json', () => {
    const risk = json<Record<string, Record<string, object>>>(result('risk_metrics.json'));
    expect(keys(risk)).toEqual(documented('risk_metrics.json'));
    for (const part of ['risk_metrics', 'stability_checks', 'objective', 'latency', 'placebo', 'data_quality'])
      expect(keys(risk[part]!), part).toEqual(documented(part));
    const ofParts = documented('risk_metrics.json').filter((key) => key !== 'strategies');
    expect(keys(risk['strategies']!['vol_compression_reversion_v1']!)).toEqual(ofParts);
  });

  it('daily_returns.json', () => {
    const daily = json<{ days: number; strategies: Record<string, { net: number[]; held: number[] }> }>(result('daily_returns.json'));
    expect(keys(daily)).toEqual(documented('daily_returns.json'));
    const own = daily.strategies['vol_compression_reversion_v1']!;
    expect(keys(own)).toEqual(documented('series of a strategy'));
    expect([own.net.length, own.held.length]).toEqual([daily.days, daily.days]);
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
    ['docs/data.md', 'Raw positioning', rawExtraColumns.metrics],
    ['docs/data.md', 'Raw liquidations', rawExtraColumns.liquidations],
    ['docs/data.md', 'Raw trade seconds', rawExtraColumns.trades_1s],
    ['docs/data.md', 'Raw quote seconds', rawExtraColumns.quotes_1s],
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

  it('columns beyond bars and funding, by the name that studies use', () => {
    const listed = tableUnder('docs/data.md', 'Columns of studies').map(([name]) => name);
    expect(listed).toEqual(Object.keys(extraColumns));
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
    // What is said about governance documents has a page of its own.
    const text = ['docs/findings.md', 'docs/governance.md'].map((name) => readFileSync(join(projectRoot, name), 'utf8')).join('');
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => !text.includes(`\`${code}\``)).sort()).toEqual([]);
  });
});
