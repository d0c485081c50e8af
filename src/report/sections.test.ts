import { describe, expect, it } from 'vitest';
import { expectedShortfall } from '../stats/expectedShortfall.ts';
import { activeDays, bookDays } from './bookDays.ts';
import { cautionsOf } from './cautions.ts';
import { barsByLines } from './exposure.ts';
import { count, percent } from './format.ts';
import type { ReportModel } from './model.ts';
import { rolling as rollingOf } from './rolling.ts';
import type { Section } from './section.ts';
import costs from './sections/costs.ts';
import dataQuality from './sections/data_quality.ts';
import diagnosis from './sections/diagnosis.ts';
import exposureTurnover from './sections/exposure_turnover.ts';
import returnDistribution from './sections/return_distribution.ts';
import rolling from './sections/rolling.ts';
import { figureTitles, tableOf, textOf } from './testing/readHtml.ts';
import { hostile, sampleModel } from './testing/sampleModel.ts';

const model = sampleModel();
const short = sampleModel({ days: 60, trades: 12 });
const idle: ReportModel = { ...model, trades: [], metrics: { ...model.metrics, total_trades: 0 } };
const render = async (section: Section, of = model) => section.render(of);
const missing = (section: Section, of: ReportModel) => section.missing?.(of) ?? null;

describe('daily returns', () => {
  it('show tails of all days and of days with a position, and how many days stand behind them', async () => {
    const days = bookDays(model.book);
    const rows = Object.fromEntries(tableOf(await render(returnDistribution), 'Shape and tails of a day').map(([name, ...cells]) => [name, cells]));
    expect(rows['Number']).toEqual(['All days', 'Days with a position']);
    const samples = [days.returns, activeDays(days).returns];
    for (const confidence of [0.95, 0.99]) {
      const level = `${confidence * 100}%`;
      const expected = samples.map((returns) => expectedShortfall(returns, confidence));
      expect(rows[`Expected shortfall, ${level}`]).toEqual(expected.map((tail) => percent(tail.expectedShortfall).text));
      expect(rows[`Days behind the ${level} shortfall`]).toEqual(expected.map((tail) => count(tail.tailObservations).text));
    }
    expect(rows['Days']).toEqual(samples.map((returns) => count(returns.length).text));
  });

  it('list the worst and best days in order, and say how far the tails reach', async () => {
    const markup = await render(returnDistribution);
    const days = tableOf(markup, 'The 5 worst and the 5 best days').slice(1);
    const number = (at: number) => days.map((row) => Number.parseFloat(row[at]!));
    expect(number(2)).toEqual([...number(2)].sort((a, b) => a - b));
    expect(number(4)).toEqual([...number(4)].sort((a, b) => b - a));
    expect(figureTitles(markup)[0]).toMatch(/days? beyond three deviations where a normal has \d/);
  });

  it('have no shape on few days', () => {
    expect(missing(returnDistribution, sampleModel({ days: 60, trades: 4 }))).toMatch(/a position was held on \d+ whole days?; a shape needs 20/);
    expect(missing(returnDistribution, { ...model, book: { ...model.book, rows: 0 } })).toContain('0 whole days');
  });
});

describe('rolling figures', () => {
  it('say in what share of the windows the interval missed zero', async () => {
    const { low, high, sharpe } = rollingOf(bookDays(model.book), 365);
    const known = sharpe.filter((value) => !Number.isNaN(value)).length;
    const above = low.filter((value) => value > 0).length;
    const below = high.filter((value) => value < 0).length;
    const share = (n: number) => percent(n / known, { decimals: 0 }).text;
    const title = figureTitles(await render(rolling))[0]!;
    expect(title).toMatch(/^The Sharpe ratio of 365 days ran from -?\d+\.\d\d to -?\d+\.\d\d; its 95% interval/);
    if (above + below === 0) expect(title).toContain('included zero throughout');
    for (const [n, where] of [
      [above, 'above zero in'],
      [below, 'below zero in'],
    ] as const)
      if (n > 0) expect(title).toContain(`${where} ${share(n)}`);
  });

  it('draw no line before a window is full: the year panel begins a year after the start', async () => {
    const markup = await render(rolling);
    const [wide] = /<svg role="img"[\s\S]*?<\/svg>/.exec(markup)!;
    const starts = [...wide.matchAll(/<path d="M([\d.]+) [^"]*" fill="none" stroke="var\(--net\)"/g)].map((match) => Number(match[1]));
    const [left, right] = [64, 904];
    const at = (days: number) => left + ((right - left) * (days - 1)) / 730;
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBeGreaterThanOrEqual(at(90) - 0.1);
    expect(starts[1]).toBeGreaterThanOrEqual(at(365) - 0.1);
    expect(starts[1]).toBeLessThan(at(365 + 7) + 0.1);
  });

  it('leave the year out of a shorter run, and themselves out of one that is too short', async () => {
    const half = await render(rolling, sampleModel({ days: 200, trades: 60 }));
    expect(figureTitles(half)[0]).toContain('The Sharpe ratio of 90 days');
    expect(missing(rolling, short)).toBe('a window of 90 days needs 111 whole days to move, the run has 60');
    expect(missing(rolling, idle)).toBe('no strategy traded');
  });
});

describe('exposure and turnover', () => {
  it('counts trades, turnover and bars of every year to those of the run', async () => {
    const markup = await render(exposureTurnover);
    const [, ...rows] = tableOf(markup, 'Turnover and exposure by year');
    const sum = (at: number) => rows.slice(0, -1).reduce((total, row) => total + Number(row[at]!.replaceAll(',', '')), 0);
    expect(rows.map(([year]) => year)).toEqual(['2023', '2024', 'All']);
    expect(sum(2)).toBe(model.trades.length);
    expect(rows.at(-1)![3]).toBe(percent(model.metrics.time_in_market, { decimals: 1 }).text);
    const lines = tableOf(markup, 'Bars by the number of lines in the market').slice(1);
    expect(lines.map(([, bars]) => bars)).toEqual(barsByLines(model.trades).map((bars) => count(bars).text));
  });

  it('compares each two lines, and lists pairs when there are many', async () => {
    expect(tableOf(await render(exposureTurnover), 'Bars shared with another line')).toHaveLength(1 + 4);
    const many = sampleModel({ days: 200, trades: 200, symbols: ['A1', 'B1', 'C1', 'D1', 'E1'] });
    expect(tableOf(await render(exposureTurnover, many), 'The 10 pairs of lines')).toHaveLength(1 + 10);
  });

  it('has nothing to show without trades', () => {
    expect(missing(exposureTurnover, idle)).toBe('no strategy traded');
    expect(missing(exposureTurnover, { ...model, book: { ...model.book, rows: 0 } })).toBe('the run has no bars');
  });
});

describe('data quality', () => {
  it('shows flag by flag what rests on it, all flags last', async () => {
    const [head, ...rows] = tableOf(await render(dataQuality), 'Trades and pnl on flagged bars');
    expect(rows.map(([flag]) => flag)).toEqual([
      'No bar in the source',
      'Flat without volume (an outage)',
      'Price moved without volume',
      'Close moved by more than a fifth',
      'No funding in force',
      'First bar after a gap',
      'Any flag',
    ]);
    const any = Object.fromEntries(head!.map((name, at) => [name, rows.at(-1)![at]]));
    const net = model.metrics.net_total_return;
    expect(any['Share of the net']).toBe('11.0%');
    expect(any['Net without them']).toBe(percent(0.89 * net, { decimals: 2 }).text);
  });

  it('says so when no trade touches a flagged bar, or when there is none', async () => {
    const clean = model.qualityShares.map((share) => ({ ...share, bars: 0, pnl: 0, trades: 0, tradesPnl: 0 }));
    expect(textOf(await render(dataQuality, { ...model, qualityShares: clean }))).toContain('the result rests on clean bars alone');
    expect(textOf(await render(dataQuality, idle))).toContain('no result rests on flagged bars');
  });
});

describe('latency', () => {
  it('stands in the costs section for the book and its parts', async () => {
    const [head, ...rows] = tableOf(await render(costs), 'Net return when every decision is executed late');
    expect(head).toEqual(['Part', 'On time', '1 bar late', '2 bars late', 'Sign changes']);
    expect(rows.map(([part]) => part)).toEqual(['Whole book', ...Object.keys(model.metrics.strategies), 'BTCUSDT', 'ETHUSDT']);
    expect(rows[0]!.slice(1, 4)).toEqual(model.latency.map(({ netReturn }) => percent(netReturn, { decimals: 2 }).text));
  });
});

describe('every section here', () => {
  it.each([costs, dataQuality, diagnosis, exposureTurnover, returnDistribution, rolling])(
    '$id is whole: tags close, ids differ, drawings have names',
    async (section) => {
      const markup = await render(section);
      for (const tag of ['div', 'p', 'span', 'table', 'tr', 'td', 'th', 'ul', 'li', 'details', 'figure', 'svg', 'g', 'text']) {
        const [opened, closed] = [new RegExp(`<${tag}[\\s>]`, 'g'), new RegExp(`</${tag}\\s*>`, 'g')].map(
          (pattern) => [...markup.matchAll(pattern)].length,
        );
        expect([tag, opened]).toEqual([tag, closed]);
      }
      const ids = [...markup.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [svg] of markup.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/role="img" aria-label="[^"]{20,}"|aria-hidden="true"/);
      expect(markup).not.toMatch(/NaN|undefined|Infinity|#01fe/);
    },
  );
});

describe('the diagnosis', () => {
  it('shows every caution with claim, evidence, advice and source, notes folded', async () => {
    const markup = await render(diagnosis);
    const items = [...markup.matchAll(/<li>[\s\S]*?<\/li>/g)].map(([item]) => item);
    const cautions = cautionsOf(model);
    expect(items).toHaveLength(cautions.length);
    items.forEach((item, at) => {
      const { code, advice, evidence, severity } = cautions[at]!;
      expect(textOf(item)).toContain(code);
      expect(textOf(item)).toContain(advice.slice(0, 30));
      for (const { label } of evidence) expect(textOf(item)).toContain(label);
      expect(item).toMatch(/<a href="#/);
      expect(item).toContain({ error: 'Serious', warning: 'Caution', info: 'Note' }[severity]);
    });
    expect(markup.indexOf('<details')).toBeGreaterThan(markup.indexOf('Caution'));
  });

  it('makes no hostile subject executable', async () => {
    expect(await render(diagnosis)).toContain('&lt;script&gt;');
    expect(await render(diagnosis)).not.toContain(hostile);
  });
});
