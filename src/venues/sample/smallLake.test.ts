import { afterAll, describe, expect, it } from 'vitest';
import { removeFolders, runInProcess, temporaryFolder } from '../../../test/support/pipeline.ts';
import { dayMs } from '../../core/time.ts';
import { defectEnd, plantedDefects } from './defects.ts';
import { smallLake } from './smallLake.ts';

afterAll(removeFolders);

const start = Date.parse(smallLake.start);
const end = Date.parse(smallLake.end) + dayMs;

describe('the small lake', () => {
  const inside = plantedDefects.filter(
    (planted) => ['*', ...smallLake.symbols].includes(planted.symbol) && planted.start < end && defectEnd(planted) > start,
  );

  it('spans 150 days with defects of seven kinds, only in its first and last three days', () => {
    expect((end - start) / dayMs).toBe(smallLake.days);
    expect(new Set(inside.map(({ kind }) => kind)).size).toBe(7);
    for (const planted of inside) expect(defectEnd(planted) <= start + 3 * dayMs || planted.start >= end - 3 * dayMs).toBe(true);
  });

  it('has at least 20 trades of each strategy', async () => {
    const strategies = ['vol_compression_v1', 'vol_compression_momentum_v1'];
    for (const strategy of strategies) {
      const { symbols, ...window } = smallLake;
      const request = { source: 'sample', seed: window.seed, symbols, start: window.start, end: window.end, strategies: [strategy] };
      const outcome = await runInProcess(request, { dataRoot: temporaryFolder(), until: 'backtest' });
      const backtest = outcome.manifests.find(({ stage }) => stage === 'backtest')!;
      expect(Number(backtest.counts['trades'])).toBeGreaterThanOrEqual(20);
    }
  });
});
