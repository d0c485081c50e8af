import { describe, expect, it } from 'vitest';
import { escapeMarkdown, lineWidth } from './markdown.ts';
import { renderSummary } from './renderSummary.ts';
import { sampleModel } from './testing/sampleModel.ts';

const model = sampleModel({ days: 400, trades: 80 });
const metrics = {
  ...model.metrics,
  total_trades: 128,
  win_rate: 0.40625,
  net_total_return: 0.19187821,
  ending_equity: 1_191_878.2149,
  max_drawdown: -0.24171,
  sharpe_annualized: 0.5234,
  avg_r: -0.0213,
};

describe('renderSummary', () => {
  const text = renderSummary({ ...model, metrics });

  it.each([
    '- Win rate (combined): 40.62%',
    '- Net total return (combined): 19.19%',
    '- Ending equity (combined): 1,191,878.21',
    '- Total trades (combined): 128',
    '- Max drawdown (combined): -24.17%',
    '- Sharpe (annualized): 0.52',
    '- Avg R (combined): -0.02',
    '# vol_compression_v1, vol_compression_momentum_v1 report',
    '## Summary Metrics',
    '## Trades by Symbol',
    '## Fee Sensitivity',
    '## Data Quality',
    '## Context Segmentation (Funding Persistence)',
    '## Engine Diagnostics',
    '## Feature Diagnostics',
    '### Missing OHLCV (%) by month',
    '### Funding coverage (%) by month',
    '### Funding missing (%) by month',
    '### Bad bars by month',
    '- BTCUSDT 2023-03: 1.34%',
    '- BTCUSDT 2023-05: 24',
    '- BTCUSDT 2023-06: 3.33%',
    '  - % bars with funding_event_ts: 100.00%',
    '  - funding_rate_scaled min/max/std: -0.000300 / 0.001200 / 0.000150',
    'backtest runs reproduce sample-two-years',
  ])('has the line %s', (line) => {
    expect(text.split('\n')).toContain(line);
  });

  it('shows a tiny drawdown with six decimals', () => {
    expect(renderSummary({ ...model, metrics: { ...metrics, max_drawdown: -0.0000123 } })).toContain('- Max drawdown (combined): -0.001230%\n');
  });

  it('lets no hostile text become markup', () => {
    expect(text).not.toContain('<script');
    expect(escapeMarkdown('a|b\n<i> [x](y) `c`')).toBe('a\\|b &lt;i> \\[x\\](y) \\`c\\`');
  });

  it('names the verdict, the cautions, how to check and how to do it again', () => {
    expect(text).toMatch(/^\*\*Net gain.*\*\* The net return/m);
    expect(text).toContain('- SERIOUS FUNDING_MISSING: ETHUSDT');
    expect(text).toContain('backtest runs show sample-two-years');
    const command = /^```sh\n([\s\S]*?)\n```$/m.exec(text)![1]!;
    expect(command.replace(/ \\\n\s+/g, ' ').split('\n')[0]).toBe(model.setup.command.join(' '));
  });

  it('fits into a terminal: no line is longer than 118 characters, also with many strategies and symbols', () => {
    const symbols = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB', 'ADA'].map((base) => `${base}USDT`);
    const many = sampleModel({ days: 60, trades: 24, symbols });
    const strategy = many.setup.strategies[0]!;
    const long = Array.from({ length: 5 }, (_, at) => ({ ...strategy, id: `a_strategy_with_a_rather_long_name_v${at}` }));
    const wide = renderSummary({
      ...many,
      setup: { ...many.setup, strategies: long },
      metrics: { ...many.metrics, strategies: Object.fromEntries(long.map(({ id }) => [id, many.metrics])) },
      diagnostics: Object.fromEntries(long.map(({ id }) => [id, Object.values(many.diagnostics)[0]!])),
    });
    for (const summary of [text, wide]) expect(summary.split('\n').filter((line) => line.length > lineWidth)).toEqual([]);
    expect(wide).toMatch(/^# 5 strategies report$/m);
    expect(wide.match(/^\| a_strategy_with_a_rather_long_name_v4 +\|/gm)!.length).toBeGreaterThan(1);
  });

  it('lines up every table', () => {
    const tables = text.split('\n\n').filter((block) => block.startsWith('|'));
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      const bars = table.split('\n').map((line) => [...line.matchAll(/(?<!\\)\|/g)].map(({ index }) => index));
      for (const places of bars) expect(places).toEqual(bars[0]);
    }
  });

  it('stands without trades', () => {
    expect(renderSummary({ ...model, trades: [], fees: [], metrics: { ...metrics, total_trades: 0 } })).toContain('No trades.');
  });
});
