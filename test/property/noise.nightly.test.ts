import { describe, expect, it } from 'vitest';
import { mean, sampleStd } from '../../src/stats/moments.ts';
import { pbo } from '../../src/stats/overfitting/pbo.ts';
import { coverage, draws, falseDiscoveries, noiseTrials } from '../support/noise.ts';

const kinds = Object.keys(draws) as (keyof typeof draws)[];
const sizes = [
  [2, 4_000],
  [10, 4_000],
  [100, 1_000],
  [1_000, 200],
] as const;

describe('the deflated Sharpe ratio of the best of many strategies without skill', () => {
  const markets = kinds.flatMap((kind) =>
    [0, 0.5, 0.95].flatMap((common) => sizes.map(([trials, experiments]) => ({ kind, common, trials, experiments }))),
  );
  /** One family-wise bound for all 36 markets: 5 % and three standard errors. */
  const familywise = 3;

  it.each(markets)('exceeds 0.95 in about 5 % of experiments at most: best of $trials, $kind returns, $common in common', (market) => {
    const { kind, common, trials, experiments } = market;
    const { counted } = falseDiscoveries({ trials, rows: 250, draw: draws[kind], common }, experiments, 7);
    expect(counted / experiments).toBeLessThanOrEqual(0.05 + familywise * Math.sqrt((0.05 * 0.95) / experiments));
  });

  it('by the effective number is too lenient among near copies: the variance across them has shrunk already', () => {
    const { counted, effective, allowed } = falseDiscoveries({ trials: 10, rows: 250, draw: draws.normal, common: 0.95 }, 4_000, 8);
    expect(effective).toBeGreaterThan(allowed);
    expect(counted).toBeLessThanOrEqual(allowed);
  });
});

describe('95 % intervals of a Sharpe ratio', () => {
  const series = kinds.flatMap((kind) => [0, 0.2, -0.2].map((memory) => ({ kind, memory })));

  it.each(series)('cover 93 to 97 % of true ratios ($kind returns, memory $memory)', ({ kind, memory }) => {
    const { nonNormal, autocorrelated } = coverage(kind, { rows: 1_460, memory }, 1_000);
    for (const share of memory === 0 ? [nonNormal, autocorrelated] : [autocorrelated]) {
      expect(share).toBeGreaterThanOrEqual(0.93);
      expect(share).toBeLessThanOrEqual(0.97);
    }
  });
});

describe('the probability of backtest overfitting', () => {
  it.each(kinds)('is one half on average where nothing can be learned (%s returns)', (kind) => {
    for (const common of [0, 0.9]) {
      const found = Array.from(
        { length: 400 },
        (_, k) => pbo(noiseTrials({ trials: 20, rows: 240, draw: draws[kind], common }, `seed=9/test/noise/${k}`), 8).pbo!,
      );
      expect(Math.abs(mean(found)! - 0.5)).toBeLessThan((3.2 * sampleStd(found)!) / Math.sqrt(found.length));
    }
  });
});
