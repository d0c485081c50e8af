import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { palette } from './charts/palette.ts';
import type { ReportModel } from './model.ts';
import { renderReport } from './renderReport.ts';
import { defineSection, type Section } from './section.ts';
import { hostile, sampleModel } from './testing/sampleModel.ts';

const folder = new URL('./sections/', import.meta.url);
const ids = readdirSync(folder, { withFileTypes: true }).flatMap((item) => (item.isFile() ? [item.name.replace('.ts', '')] : []));

/** The page without the code of its scripts, which is no markup. */
const marked = (page: string) => page.replace(/<script>[\s\S]*?<\/script>/g, '');

describe('renderReport', () => {
  const model = sampleModel();
  let sections: Section[];
  let page: string;
  beforeAll(async () => {
    sections = await Promise.all(ids.map(async (id) => ((await import(`./sections/${id}.ts`)) as { default: Section }).default));
    page = await renderReport(model, sections);
  });

  it('shows all sections, the verdict first and the provenance last, under the title of run and verdict', () => {
    const shown = [...page.matchAll(/<section id="(\w+)"/g)].map((match) => match[1]!);
    expect(shown.toSorted()).toEqual(ids.toSorted());
    expect([shown[0], shown.at(-1)]).toEqual(['verdict', 'provenance']);
    const order = (id: string) => sections.find((section) => section.id === id)!.order;
    expect(shown.map(order)).toEqual(shown.map(order).toSorted((a, b) => a - b));
    expect(page).toContain('<title>sample-two-years: Net loss, not distinguishable from zero</title>');
    expect(page).not.toContain('Not shown');
  });

  it('makes no hostile text executable', () => {
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(marked(page)).not.toMatch(/<script(?! type="application\/json" id=)|<iframe|<object|<embed|javascript:|<[^>]+\son\w+=/i);
    expect(page).not.toContain(hostile);
  });

  it('escapes hostile names in every place of the model', async () => {
    const text = `"><img src=x onerror=alert(1)>'`;
    const named = <T>(record: Readonly<Record<string, T>>) => Object.fromEntries(Object.values(record).map((value, at) => [`${text}${at}`, value]));
    const evil: ReportModel = {
      ...model,
      runId: text,
      setup: {
        ...model.setup,
        symbols: [text],
        source: text,
        strategies: [{ id: text, summary: text, params: { [text]: text }, schema: {} }],
        accounting: { id: text, summary: text, isEvidence: false },
      },
      metrics: { ...model.metrics, strategies: named(model.metrics.strategies), symbols: named(model.metrics.symbols) },
      trades: model.trades.map((trade) => ({ ...trade, symbol: text, strategy: text, direction: text, exitReason: text })),
      diagnostics: named(model.diagnostics),
      quality: named(model.quality),
      findings: model.findings.map((finding) => ({ ...finding, stage: text, code: text, subject: text, message: text })),
      provenance: model.provenance.map((stage) => ({
        ...stage,
        stage: text,
        key: text,
        units: [{ id: text, fingerprint: text }],
        outputs: stage.outputs.map((output) => ({ ...output, path: `${text}/${output.path}` })),
      })),
    };
    expect(marked(await renderReport(evil, sections))).not.toMatch(/<img|"[^<>]*"><img/);
  });

  it('refers to nothing outside and forbids it by policy', () => {
    const text = marked(page).replace('<a href="https://www.tradingview.com/" rel="noreferrer">', '');
    // Pages of studies and policy studies, drafts and candidates lie beside it in the same data root.
    const own = text.replace(/ href="\.\.\/\.\.\/(?:studies|policies|edge_candidates|certificate)\/[\w/-]+\.(?:html|md|json|csv)"/g, '');
    expect(own).not.toMatch(/\s(?:src|href|action|poster|data)="(?!#)/);
    expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|url\((?!#)|@import/);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; script-src 'sha256-`,
    );
  });

  it('allows its own scripts by their hash and no other', () => {
    const allowed = /script-src ([^"]*)"/.exec(page)![1]!.split(' ');
    const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, code]) => `'sha256-${createHash('sha256').update(code!).digest('base64')}'`,
    );
    expect(hashes).toHaveLength(2);
    expect(allowed).toEqual(hashes);
  });

  it('carries the chart library, with its notice, only where there are trades to look at', async () => {
    expect(['@license', 'TradingView Lightweight Charts'].filter((text) => !page.includes(text))).toEqual([]);
    const without = await renderReport({ ...model, trades: [], tradeWindows: [] }, sections);
    expect(without.includes('Lightweight')).toBe(false);
    expect(without.match(/<script>/g)).toHaveLength(1);
    expect(without.length).toBeLessThan(page.length - 190_000);
  });

  it('holds every shown trade in the table, so that nothing needs a script', () => {
    const list = /id="trade-list"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page)![1]!;
    expect(list.match(/<tr/g)).toHaveLength(model.tradeWindows.length);
    const said = [`100 of ${model.trades.length} trades, bar by bar`, 'a fifth its largest losses', '<noscript>'];
    expect(said.filter((text) => !page.includes(text))).toEqual([]);
    const data = JSON.parse(/id="trade-data">([\s\S]*?)<\/script>/.exec(page)![1]!) as unknown[];
    expect(data).toHaveLength(model.tradeWindows.length);
  });

  it('gives the same bytes again, in any order of drawing and in another time zone', async () => {
    const zone = process.env['TZ'];
    await renderReport(sampleModel({ days: 60, trades: 12 }), sections.toReversed());
    process.env['TZ'] = 'Pacific/Chatham';
    try {
      expect(new Date(0).getHours()).not.toBe(0);
      expect(await renderReport(sampleModel(), sections.toReversed())).toBe(page);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('stays under 1 MB for six years of bars on ten symbols', async () => {
    const symbols = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB', 'ADA', 'DOGE', 'LINK', 'AVAX', 'LTC'].map((base) => `${base}USDT`);
    const long = await renderReport(sampleModel({ days: 2192, trades: 3000, symbols }), sections);
    expect(Buffer.byteLength(long)).toBeLessThan(1_000_000);
  });

  it('has unique ids, links that resolve, balanced tags and named figures', () => {
    const found = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(found).size).toBe(found.length);
    for (const [, target] of page.matchAll(/(?:href="#|url\(#)([^")]+)/g)) expect(found).toContain(target);
    for (const tag of [
      'div',
      'section',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      'span',
      'p',
      'details',
      'figure',
      'svg',
      'ul',
      'li',
      'dl',
      'text',
      'g',
    ]) {
      expect([tag, marked(page).match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length ?? 0]).toEqual([
        tag,
        marked(page).match(new RegExp(`</${tag}\\s*>`, 'g'))?.length ?? 0,
      ]);
    }
    for (const [svg] of marked(page).matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]{20,}"|aria-hidden="true"/);
    expect(marked(page)).not.toMatch(/zr\d+-|#01fe|ecmeta|NaN|undefined/);
  });

  it('gives every table a caption and every header cell a scope', () => {
    const tables = [...marked(page).matchAll(/<table[\s>][\s\S]*?<\/table\s*>/g)];
    expect(tables.length).toBeGreaterThan(20);
    for (const [table] of tables) expect(table).toMatch(/^<table(?: data-sortable)?>\s*<caption>/);
    for (const [header] of marked(page).matchAll(/<th(?!ead)[^>]*>/g)) expect(header).toMatch(/scope="(?:col|row|rowgroup)"/);
  });

  it('replaces sections that lack their data by the reason', async () => {
    const none = {
      total_trades: 0,
      net_total_return: 0,
      net_return_one_bar_late: 0,
      sharpe_daily_annualized: null,
      sharpe_daily_low: null,
      sharpe_daily_high: null,
    };
    const book = {
      rows: 0,
      openTime: new Float64Array(0),
      pnl: new Float64Array(0),
      gross: new Float64Array(0),
      cost: new Float64Array(0),
      funding: new Float64Array(0),
      grossExposure: new Float64Array(0),
      netExposure: new Float64Array(0),
      turnover: new Float64Array(0),
      marketReturn: new Float64Array(0),
    };
    const empty: ReportModel = {
      ...model,
      book,
      trades: [],
      tradeWindows: [],
      fees: [],
      findings: [],
      quality: {},
      diagnostics: {},
      latency: [],
      qualityShares: [],
      provenance: [],
      fundingSegments: { byActive: [], byAge: [] },
      metrics: { ...model.metrics, ...none },
    };
    const text = await renderReport(empty, sections);
    for (const reason of ['the run has no bars', 'no strategy traded', 'no bar carries the funding persistence context', 'no stage left a manifest'])
      expect(text).toContain(`Not shown: ${reason}`);
    expect([...text.matchAll(/<section id="(\w+)"/g)].map((match) => match[1]!).toSorted()).toEqual(ids.toSorted());
  });

  it('escapes nothing twice and takes sections from outside', async () => {
    const own = defineSection({ id: 'own', title: 'Mine & yours', order: 5, render: () => '<p>5 &lt; 6</p>' });
    expect(await renderReport(model, [own])).toMatch(/Mine &amp; yours<\/h2>\s*<p>5 &lt; 6<\/p>/);
  });
});

describe('palette', () => {
  it.each(['light', 'dark'] as const)('keeps text at a contrast of 4.5 or more (%s)', (mode) => {
    const grounds = [palette.ground[mode], palette.panel[mode]];
    for (const name of ['ink', 'muted', 'link', 'net', 'other', 'loss', 'gain'] as const) {
      for (const ground of grounds) expect([name, contrast(palette[name][mode], ground) >= 4.5]).toEqual([name, true]);
    }
    for (const tint of ['gaintint', 'losstint'] as const) expect(contrast(palette.ink[mode], palette[tint][mode])).toBeGreaterThan(7);
  });
});

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
