import { describe, expect, it } from 'vitest';
import { sweepTrials } from './sweepTrials.ts';

const sweep = (sharpe: number[], what: Record<string, unknown> = { strategy: 'a', grid: [1, 2] }) =>
  sweepTrials({
    hypothesis: 'h',
    subject: 'a',
    run_id: 'r',
    window: { start: '2023-01-01', end: '2023-12-31' },
    what,
    results: { sharpe: Float64Array.from(sharpe), trades: new Float64Array(sharpe.length) },
    metric: 'sharpe',
  });

describe('the ledger entry of a sweep', () => {
  it('counts every cell and is the same entry for the same results of the same grid', () => {
    expect(sweep([0.1, 0.2, 0.3])).toMatchObject({ t: 'TRIALS', kind: 'sweep', trials: 3, result: { metric: 'sharpe', value: null } });
    expect(sweep([0.1, 0.2, 0.3])).toEqual(sweep([0.1, 0.2, 0.3]));
  });

  it('is another one when any cell or the grid is another', () => {
    expect(sweep([0.1, 0.2, 0.3]).digest).not.toBe(sweep([0.1, 0.2, 0.4]).digest);
    expect(sweep([0.1]).digest).not.toBe(sweep([0.1], { strategy: 'a', grid: [1, 3] }).digest);
  });
});
