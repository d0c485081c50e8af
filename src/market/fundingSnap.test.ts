import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fundingSnap } from './fundingSnap.ts';

const hour = 3_600_000;

describe('fundingSnap', () => {
  it('snaps at the tolerance and not beyond it, on both sides', () => {
    const at = 1_643_932_800_000;
    expect(fundingSnap(at + 5_000)).toEqual({ raw: at + 5_000, snapped: at, offsetMs: 5_000 });
    expect(fundingSnap(at - 5_000)).toEqual({ raw: at - 5_000, snapped: at, offsetMs: -5_000 });
    expect(fundingSnap(at + 5_001).snapped).toBeNull();
    expect(fundingSnap(at - 5_001)).toEqual({ raw: at - 5_001, snapped: null, offsetMs: -5_001 });
    expect(fundingSnap(at + hour / 2)).toMatchObject({ snapped: null, offsetMs: -hour / 2 });
  });

  it('recovers the grid time under any jitter inside the tolerance', () => {
    const step = fc.integer({ min: -500_000, max: 500_000 });
    fc.assert(
      fc.property(step, fc.integer({ min: -5_000, max: 5_000 }), (steps, jitter) => {
        expect(fundingSnap(steps * hour + jitter, hour)).toMatchObject({ snapped: steps * hour, offsetMs: jitter });
      }),
      { numRuns: 200 },
    );
  });
});
