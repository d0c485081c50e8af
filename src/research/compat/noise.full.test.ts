import { describe, expect, it } from 'vitest';
import { quickNormal } from '../../core/normals.ts';
import { namedStream } from '../../core/random.ts';
import { phase2 } from './phase2.ts';
import { frameOf, textOfFiles } from './testing/fixtures.ts';

const bars = 105_216;

/** Independent Student-t returns with three degrees of freedom: nothing to be found (research specification, Appendix C). */
function noise(symbol: string, seed: number) {
  const state = namedStream(`seed=${seed}/reference-noise/${symbol}`);
  let price = 100;
  const close = Float64Array.from({ length: bars }, () => {
    const chiSquare = quickNormal(state) ** 2 + quickNormal(state) ** 2 + quickNormal(state) ** 2;
    return (price *= Math.exp((0.0015 * quickNormal(state)) / Math.sqrt(chiSquare / 3)));
  });
  const frame = frameOf(close, { symbol, start: Date.UTC(2020, 0, 1) });
  const open = frame.columns['open']!;
  const wick = () => Math.abs(0.0005 * quickNormal(state));
  const high = close.map((price, bar) => Math.max(price, open[bar]!) * (1 + wick()));
  const low = close.map((price, bar) => Math.min(price, open[bar]!) * (1 - wick()));
  return { ...frame, columns: { ...frame.columns, high, low } };
}

describe('the reference’s gates', () => {
  it.each([1, 2, 3, 4, 5, 6])('pass pure noise and promote two candidates on it (seed %i)', (seed) => {
    const frames = ['AAAUSDT', 'BBBUSDT'].map((symbol) => noise(symbol, seed));
    const files = phase2.files(frames, { runId: 'noise', bootstrapDraws: 200 });
    const promoted = JSON.parse(textOfFiles(files, 'promoted_candidates.json')) as {
      phase1_pass: boolean;
      decision: string;
      candidates: { delta_adverse_mean: number }[];
    };
    expect([promoted.phase1_pass, promoted.decision, promoted.candidates.length]).toEqual([true, 'promote', 2]);
    for (const { delta_adverse_mean } of promoted.candidates) expect(delta_adverse_mean).toBeLessThan(-0.35);
  });
});
