import { describe, expect, it } from 'vitest';
import { namedStream } from '../../src/core/random.ts';
import { kolmogorovSmirnov } from '../../src/stats/calibration/kolmogorovSmirnov.ts';
import { mean, sampleStd } from '../../src/stats/moments.ts';
import { pbo } from '../../src/stats/overfitting/pbo.ts';
import { sharpeReport } from '../../src/stats/sharpeReport.ts';
import { coverage, draws, falseDiscoveries, noiseTrials } from '../support/noise.ts';

const kinds = Object.keys(draws) as (keyof typeof draws)[];

describe('the deflated Sharpe ratio of the best of many strategies without skill', () => {
  it.each(kinds.flatMap((kind) => [0, 0.5].map((common) => [kind, common] as const)))(
    'exceeds 0.95 in at most 5 % of experiments and two standard errors (%s returns, %f in common)',
    (kind, common) => {
      const { counted, effective, allowed } = falseDiscoveries({ trials: 20, rows: 250, draw: draws[kind], common }, 200, 1);
      expect(counted).toBeLessThanOrEqual(allowed);
      expect(effective).toBeLessThanOrEqual(allowed);
    },
  );

  it('would exceed it most of the time, had nobody counted', () => {
    let passed = 0;
    for (let k = 0; k < 50; k++) {
      const returns = noiseTrials({ trials: 50, rows: 250, draw: draws.normal, common: 0 }, `seed=2/test/noise/${k}`);
      passed += +(Math.max(...returns.map((column) => sharpeReport(column).psr!)) > 0.95);
    }
    expect(passed).toBeGreaterThan(40);
  });
});

describe('random walks', () => {
  const reports = Array.from({ length: 1_000 }, (_, seed) => sharpeReport(walkReturns(`seed=${seed}/test/walk/0`)));

  it('have a mean Sharpe ratio within three standard errors of zero', () => {
    const sharpes = reports.map(({ perPeriod }) => perPeriod!);
    expect(Math.abs(mean(sharpes)!)).toBeLessThan((3 * sampleStd(sharpes)!) / Math.sqrt(sharpes.length));
  });

  it('have uniform p-values', () => {
    expect(kolmogorovSmirnov(reports.map(({ psr }) => 1 - psr!)).p).toBeGreaterThan(0.001);
  });
});

describe('95 % intervals of a Sharpe ratio', () => {
  it.each(kinds)('cover 93 to 97 % of true ratios of independent returns (%s)', (kind) => {
    const { nonNormal, autocorrelated } = coverage(kind, { rows: 365, memory: 0 }, 500);
    for (const share of [nonNormal, autocorrelated]) {
      expect(share).toBeGreaterThanOrEqual(0.93);
      expect(share).toBeLessThanOrEqual(0.97);
    }
  });

  it('need the autocorrelated error where gains follow gains', () => {
    const { nonNormal, autocorrelated } = coverage('normal', { rows: 1_460, memory: 0.2 }, 200);
    expect(autocorrelated).toBeGreaterThanOrEqual(0.92);
    expect(nonNormal).toBeLessThan(0.91);
  });
});

describe('the probability of backtest overfitting', () => {
  it('is one half on average where nothing can be learned', () => {
    const found = Array.from({ length: 200 }, (_, k) =>
      probability(noiseTrials({ trials: 20, rows: 240, draw: draws.fat_tailed, common: 0 }, `seed=3/test/noise/${k}`)),
    );
    expect(Math.abs(mean(found)! - 0.5)).toBeLessThan((3 * sampleStd(found)!) / Math.sqrt(found.length));
  });

  it('is low where one strategy has skill', () => {
    const returns = noiseTrials({ trials: 20, rows: 240, draw: draws.fat_tailed, common: 0 }, 'seed=4/test/noise/0');
    expect(probability(returns.map((column, trial) => (trial === 3 ? column.map((value) => value + 0.005) : column)))).toBeLessThan(0.05);
  });
});

function probability(returns: readonly Float64Array[]): number {
  return pbo(returns, 8).pbo!;
}

/** Returns of a price that goes nowhere in particular, read off the price as a backtest does. */
function walkReturns(stream: string): Float64Array {
  const random = namedStream(stream);
  const prices = new Float64Array(366).fill(100);
  for (let i = 1; i < prices.length; i++) prices[i] = prices[i - 1]! * (1 + 0.01 * draws.fat_tailed(random));
  return Float64Array.from({ length: 365 }, (_, i) => prices[i + 1]! / prices[i]! - 1);
}
