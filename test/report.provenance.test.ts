import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CandleText, decodeCandles } from '../src/report/candles.ts';
import type { Manifest } from '../src/stages/lib/stage.ts';
import { type Element, elementsOf, htmlTree, textIn } from './support/htmlTree.ts';
import { removeFolders, runInProcess, temporaryFolder } from './support/pipeline.ts';

const dataRoot = temporaryFolder();
const runId = 'traced';
let content: Element;
let byId: Map<string, Element>;
const manifests: Record<string, Manifest> = {};

beforeAll(async () => {
  const request = {
    symbols: ['BTCUSDT', 'ETHUSDT'],
    start: '2023-01-01',
    end: '2023-04-30',
    source: 'sample',
    strategies: ['vol_compression_v1', 'vol_compression_reversion_v1'],
  };
  const outcome = await runInProcess(request, { dataRoot, runId });
  for (const { stage } of outcome.manifests)
    manifests[stage] = JSON.parse(readFileSync(join(dataRoot, `runs/${runId}/${stage}.json`), 'utf8')) as Manifest;
  const page = htmlTree(readFileSync(join(dataRoot, `reports/runs/${runId}/report.html`), 'utf8'));
  byId = new Map([...elementsOf(page)].filter(({ attributes }) => attributes['id'] !== undefined).map((one) => [one.attributes['id']!, one]));
  content = byId.get('content')!;
});
afterAll(removeFolders);

const isAround = (element: Element | null, id: string): boolean =>
  element !== null && (element.attributes['id'] === id || isAround(element.parent, id));

/** Ids that an element and everything in it name; each element is looked at once. */
const below = new Map<Element, string[]>();
function namedIn(element: Element): string[] {
  let ids = below.get(element);
  if (ids === undefined) {
    const own = element.attributes['data-source']?.split(' ').filter((id) => id !== '') ?? [];
    ids = [...own, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : namedIn(child)))];
    below.set(element, ids);
  }
  return ids;
}

/** Ids of the rows that the closest element around names, as the page's own script finds them; a whole section is not close. */
function sourcesOf(element: Element): string[] {
  for (let around: Element | null = element; around !== null && around.tag !== 'section'; around = around.parent) {
    if (namedIn(around).length > 0) return namedIn(around);
  }
  return [];
}

/** The file that a row of the provenance section stands for. */
function outputOf(row: Element): { stage: string; path: string; sha256: string } {
  const body = row.parent!;
  const folder = textIn([...elementsOf(body)].find(({ attributes }) => attributes['class'] === 'folder')!);
  const [name, , hash] = row.children.filter((child): child is Element => typeof child !== 'string');
  let details = body;
  while (details.tag !== 'details') details = details.parent!;
  const stage = /\/(\w+)\.json$/.exec(details.attributes['data-manifest']!)![1]!;
  return { stage, path: folder + textIn(name!), sha256: textIn(hash!) };
}

/** Elements whose own text holds a digit, besides scripts and the provenance section, which is where numbers lead to. */
function figures(): Element[] {
  const held = [...elementsOf(content)].filter(({ tag }) => tag !== 'script' && tag !== 'noscript');
  return held.filter(
    (element) => element.children.some((child) => typeof child === 'string' && /\d/.test(child)) && !isAround(element, 'provenance'),
  );
}

describe('provenance of the numbers of a report', () => {
  it('leads from every number to rows that are there', () => {
    const all = figures();
    expect(all.length).toBeGreaterThan(800);
    const without = all.filter((element) => sourcesOf(element).length === 0);
    expect(without.map((element) => `<${element.tag}> ${textIn(element).trim().slice(0, 60)}`)).toEqual([]);
    const named = new Set(all.flatMap(sourcesOf));
    expect([...named].filter((id) => !byId.has(id))).toEqual([]);
    expect(named.size).toBeGreaterThan(10);
  });

  it('names files as the manifests on disk record them', () => {
    for (const id of new Set(figures().flatMap(sourcesOf))) {
      const place = byId.get(id)!;
      if (place.tag === 'details') {
        const { 'data-manifest': path, 'data-key': key } = place.attributes;
        expect(manifests[/\/(\w+)\.json$/.exec(path!)![1]!]!.key).toBe(key);
        continue;
      }
      const { stage, path, sha256 } = outputOf(place);
      expect(manifests[stage]!.outputs).toContainEqual(expect.objectContaining({ path, sha256 }));
    }
  });

  it('lists every output of every stage before the report, with its hash', () => {
    const rows = [...byId].filter(([id]) => id.startsWith('output-')).map(([, row]) => outputOf(row));
    const recorded = Object.values(manifests)
      .filter(({ stage }) => stage !== 'report')
      .flatMap(({ stage, outputs }) => outputs.map(({ path, sha256 }) => ({ stage, path, sha256 })));
    const key = ({ stage, path }: { stage: string; path: string }) => `${stage} ${path}`;
    expect(rows.sort((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual(recorded.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
  });

  it('says of the candles that they come from the clean bars of the traded symbols', () => {
    const list = byId.get('trade-list')!;
    const paths = sourcesOf(list).map((id) => outputOf(byId.get(id)!).path);
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      expect(paths).toContain(`lake/trades/backtests/${runId}/trades_${symbol}.csv`);
      expect(paths.some((path) => path.includes(`cleaned/perp/${symbol}/bars_15m/`))).toBe(true);
      expect(manifests['report']!.inputs.some(({ path }) => path.includes(`cleaned/perp/${symbol}/bars_15m/`))).toBe(true);
    }
  });

  it('draws candles that close at the prices of the trade', () => {
    const trades = JSON.parse(textIn(byId.get('trade-data')!)) as (CandleText & {
      entry: number;
      exit: number;
      marks: Record<string, number | null>;
    })[];
    expect(trades.length).toBeGreaterThan(10);
    for (const { entry, exit, marks, ...text } of trades) {
      const { close, barsEach } = decodeCandles(text);
      if (barsEach === 1) expect([close[entry], close[exit]]).toEqual([marks['entry'], marks['exit']]);
    }
  });

  it('leads nowhere from a link that does not resolve', () => {
    const links = [...elementsOf(content)].filter(({ tag, attributes }) => tag === 'a' && attributes['href']!.startsWith('#'));
    expect(links.length).toBeGreaterThan(40);
    expect(links.map(({ attributes }) => attributes['href']!.slice(1)).filter((id) => !byId.has(id))).toEqual([]);
  });
});
