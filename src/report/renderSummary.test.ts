import { describe, expect, it } from 'vitest';
import { escapeMarkdown, renderSummary } from './renderSummary.ts';
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

  it('names the verdict, the cautions and how to check', () => {
    expect(text).toMatch(/^\*\*Net gain.*\*\* The net return/m);
    expect(text).toContain('- SERIOUS FUNDING_MISSING: ETHUSDT');
    expect(text).toContain('backtest runs show sample-two-years');
  });

  it('stands without trades', () => {
    expect(renderSummary({ ...model, trades: [], fees: [], metrics: { ...metrics, total_trades: 0 } })).toContain('No trades.');
  });
});
