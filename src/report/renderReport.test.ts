import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { palette } from './charts/palette.ts';
import type { ReportModel } from './model.ts';
import { renderReport } from './renderReport.ts';
import { defineSection, type Section } from './section.ts';
import { hostile, sampleModel } from './testing/sampleModel.ts';

const folder = new URL('./sections/', import.meta.url);
const ids = readdirSync(folder).map((file) => file.replace('.ts', ''));
const order = ['verdict', 'equity', 'metrics', 'trades', 'costs', 'periods', 'funding_context', 'data_quality', 'setup', 'provenance'];

describe('renderReport', () => {
  const model = sampleModel();
  let sections: Section[];
  let page: string;
  beforeAll(async () => {
    sections = await Promise.all(ids.map(async (id) => ((await import(`./sections/${id}.ts`)) as { default: Section }).default));
    page = await renderReport(model, sections);
  });

  it('shows all sections in order under the title of run and verdict', () => {
    expect([...page.matchAll(/<section id="(\w+)"/g)].map((match) => match[1])).toEqual(order);
    expect(page).toContain('<title>sample-two-years: Net loss, not distinguishable from zero</title>');
    expect(page).not.toContain('Not shown');
  });

  it('makes no hostile text executable', () => {
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toMatch(/<script|<iframe|<object|<embed|javascript:|<[^>]+\son\w+=/i);
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
    expect(await renderReport(evil, sections)).not.toMatch(/<img|"[^<>]*"><img/);
  });

  it('refers to nothing outside and forbids it by policy', () => {
    expect(page).not.toMatch(/(?:src|href|action|poster|data)="(?!#)/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|url\((?!#)|@import/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
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
      expect([tag, page.match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length ?? 0]).toEqual([
        tag,
        page.match(new RegExp(`</${tag}\\s*>`, 'g'))?.length ?? 0,
      ]);
    }
    for (const [svg] of page.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]{20,}"|aria-hidden="true"/);
    expect(page).not.toMatch(/zr\d+-|#01fe|ecmeta|NaN|undefined/);
  });

  it('gives every table a caption and every header cell a scope', () => {
    for (const [table] of page.matchAll(/<table>[\s\S]*?<\/table\s*>/g)) expect(table).toMatch(/^<table>\s*<caption>/);
    for (const [header] of page.matchAll(/<th(?!ead)[^>]*>/g)) expect(header).toMatch(/scope="(?:col|row)"/);
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
      turnover: new Float64Array(0),
    };
    const empty: ReportModel = {
      ...model,
      book,
      trades: [],
      fees: [],
      findings: [],
      quality: {},
      diagnostics: {},
      provenance: [],
      fundingSegments: { byActive: [], byAge: [] },
      metrics: { ...model.metrics, ...none },
    };
    const text = await renderReport(empty, sections);
    for (const reason of ['the run has no bars', 'no strategy traded', 'no bar carries the funding persistence context', 'no stage left a manifest'])
      expect(text).toContain(`Not shown: ${reason}`);
    expect([...text.matchAll(/<section id="(\w+)"/g)].map((match) => match[1])).toEqual(order);
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
