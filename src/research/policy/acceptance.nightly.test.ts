import { describe, expect, it } from 'vitest';
import { garch, regimes, studentT } from '../surrogate/generators.ts';
import { parentStudy, plantedAgainst, policyInput, policyMarket, testPolicy } from '../testing/policyFixtures.ts';
import { runPolicyStudy } from './runPolicyStudy.ts';

/** Research specification 10.11 (1) and (2) for policy studies: what is promoted where nothing, and where something, can be gained. */

const markets = 40;
const alpha = 0.05;
const policy = testPolicy();
/** Share that chance may reach: alpha and two standard errors. */
const allowed = (trials: number) => alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / trials);
const minutes = 60_000;

describe.each([studentT, garch, regimes])('on $id markets, which hold nothing to be gained', (generator) => {
  it(
    'no more policies are promoted, and no more families found, than chance may',
    () => {
      let [promoted, families, low, cells, saving] = [0, 0, 0, 0, 0];
      for (let replicate = 0; replicate < markets; replicate++) {
        const result = runPolicyStudy(policyInput(policyMarket({ generator, replicate: 100 + replicate }), { policy }));
        const rows = result.cells.filter(({ slice, p }) => slice === 'development' && p !== null);
        promoted += +(result.promoted.length > 0);
        families += +rows.some(({ p_adjusted: p }) => p! <= alpha);
        low += rows.filter(({ p }) => p! <= alpha).length;
        saving += rows.filter(({ ci_low_bps: bound }) => bound! > 0).length;
        cells += rows.length;
      }
      expect(promoted / markets).toBeLessThanOrEqual(allowed(markets));
      expect(families / markets).toBeLessThanOrEqual(allowed(markets));
      // Cells of one market are not independent: the bound is that of as many trials as there are markets.
      expect(low / cells).toBeLessThanOrEqual(allowed(markets));
      // Less trading saves costs for certain: by the net difference alone many of these cells would be taken for policies.
      expect(saving / cells).toBeGreaterThan(0.1);
    },
    15 * minutes,
  );
});

describe('on markets where trades after large moves lose 7 basis points a bar', () => {
  it(
    'standing aside then is promoted in at least four of five',
    () => {
      const trials = 20;
      let found = 0;
      for (let replicate = 0; replicate < trials; replicate++) {
        const frames = plantedAgainst(policyMarket({ replicate: 1_000 + replicate }), parentStudy(), { bars: 24, drift: 0.0007 });
        const { promoted } = runPolicyStudy(policyInput(frames, { policy }));
        found += +promoted.some((cell) => cell.startsWith('fresh.'));
        expect(promoted.every((cell) => !cell.startsWith('stale.'))).toBe(true);
      }
      expect(found / trials).toBeGreaterThanOrEqual(0.8);
    },
    15 * minutes,
  );
});
