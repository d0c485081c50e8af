import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex, nextUniform } from '../../core/random.ts';
import { restrictedMean } from './restrictedMean.ts';
import { survivalCurve } from './survivalCurve.ts';
import { SurvivalTally } from './survivalTally.ts';

const state = namedStream('seed=1/test/tally/0');
const count = 200;
const age = Int32Array.from({ length: count }, () => 1 + nextIndex(state, 30));
const isHit = Uint8Array.from({ length: count }, () => nextIndex(state, 2));
const weight = Float64Array.from({ length: count }, () => 0.25 + nextUniform(state));
const owner = Int32Array.from({ length: count }, (_, i) => i >> 1);

describe('SurvivalTally', () => {
  it('agrees with the survival curve and the restricted mean', () => {
    const found = new SurvivalTally([1, 20]).measure({ count, age, isHit, owner, weight: new Float64Array(count).fill(1) }, null)!;
    expect(1 - found.survival).toBeCloseTo(1 - survivalCurve({ exit: age, isHit }, { horizon: 20, alpha: 0.05 }).survival[19]!, 12);
    expect(found.area).toBeCloseTo(restrictedMean({ exit: age, isHit }, 20).mean!, 12);
  });

  it('takes weights of subjects and of what they belong to, as the weighted curve does', () => {
    const draw = Float64Array.from({ length: count / 2 }, (_, i) => i % 3);
    const whole = weight.map((own, i) => own * draw[owner[i]!]!);
    const found = new SurvivalTally([1, 20]).measure({ count, age, isHit, owner, weight }, draw)!;
    const curve = survivalCurve({ exit: age, isHit, weight: whole }, { horizon: 20, alpha: 0.05 });
    expect(found.survival).toBeCloseTo(curve.survival[19]!, 12);
  });

  it('is null without weight and leaves out places beyond the count', () => {
    const tally = new SurvivalTally([1, 20]);
    expect(tally.measure({ count: 0, age, isHit, owner, weight }, null)).toBeNull();
    expect(tally.measure({ count, age, isHit, owner, weight }, new Float64Array(count))).toBeNull();
  });
});
