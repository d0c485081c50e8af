import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawdown } from '../drawdown.ts';
import { bootstrapDrawdowns } from './drawdowns.ts';
import { resamplePath, resamplesOfRows, stationaryResamples } from './resamples.ts';

function compounded(returns: ArrayLike<number>): number[] {
  let equity = 1;
  return [1, ...Array.from(returns, (value) => (equity *= 1 + value))];
}

describe('bootstrapDrawdowns', () => {
  it('equals, bit for bit, the drawdown of the compounded path of each resample', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { minLength: 1, maxLength: 60 }), fc.integer(), (returns, seed) => {
        const resamples = stationaryResamples(returns.length, { meanBlock: 3, draws: 5, stream: `seed=${seed}/drawdowns/test/0` });
        const found = bootstrapDrawdowns(returns, resamples);
        let draw = 0;
        for (const batch of resamples) {
          for (let r = 0; r < batch.count; r++) expect(found[draw++]).toBe(drawdown(compounded(resamplePath(returns, batch, r))).maxDrawdown);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('counts a fall from the start and is 0 where equity never falls', () => {
    expect(bootstrapDrawdowns([-0.5, 0.1], resamplesOfRows([[0, 1], [1, 1], []], 2))).toEqual(Float64Array.of(0.5, 0, 0));
  });

  it('refuses NaN and a return that leaves nothing', () => {
    const rows = resamplesOfRows([[0]], 2);
    expect(() => bootstrapDrawdowns([0, Number.NaN], rows)).toThrow('returns[1] is NaN');
    expect(() => bootstrapDrawdowns([0, -1], rows)).toThrow('returns[1] is -1');
  });
});
