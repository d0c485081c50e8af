import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex } from '../../core/random.ts';
import { resamplePath, type Resamples, resamplesOfRows, stationaryResamples } from './resamples.ts';

const runs = { numRuns: 200 };

/** Every resample as a list of positions. */
function positionsOf(resamples: Resamples): number[][] {
  const places = Array.from({ length: resamples.size }, (_, i) => i);
  const rows: number[][] = [];
  for (const batch of resamples) for (let r = 0; r < batch.count; r++) rows.push([...resamplePath(places, batch, r)]);
  return rows;
}

/** Lengths of all blocks that are not cut by the end of their resample. */
function wholeBlocks(resamples: Resamples): number[] {
  const lengths: number[] = [];
  for (const { count, offsets, starts, ends } of resamples) {
    for (let r = 0; r < count; r++) for (let j = offsets[r]!; j < offsets[r + 1]! - 1; j++) lengths.push(ends[j]! - starts[j]!);
  }
  return lengths;
}

describe('stationaryResamples', () => {
  it('gives resamples of the length of the series, the same on every walk', () => {
    const resamples = stationaryResamples(50, { meanBlock: 7, draws: 20, stream: 'seed=1/test/resamples/0' });
    const first = positionsOf(resamples);
    expect(first).toHaveLength(20);
    expect(first.every((row) => row.length === 50 && row.every((place) => place >= 0 && place < 50))).toBe(true);
    expect(positionsOf(resamples)).toEqual(first);
  });

  it('does not change a draw when more are asked for, whatever the batches', () => {
    const few = stationaryResamples(20_000, { meanBlock: 500, draws: 3, stream: 'seed=1/test/resamples/1' });
    const more = stationaryResamples(20_000, { meanBlock: 500, draws: 9, stream: 'seed=1/test/resamples/1' });
    expect(positionsOf(more).slice(0, 3)).toEqual(positionsOf(few));
  });

  it('draws geometric lengths of the asked mean and starts everywhere alike', () => {
    const resamples = stationaryResamples(2000, { meanBlock: 8, draws: 500, stream: 'seed=1/test/resamples/2' });
    const lengths = wholeBlocks(resamples);
    const share = (test: (length: number) => boolean) => lengths.filter(test).length / lengths.length;
    expect(share((length) => length === 1)).toBeCloseTo(1 / 8, 2);
    expect(share((length) => length > 8)).toBeCloseTo((7 / 8) ** 8, 2);
    // Every block but a resample's last ends in a restart, which each step makes with the same chance.
    expect((500 * 1999) / lengths.length).toBeCloseTo(8, 1);
    const visits = new Int32Array(2000);
    for (const row of positionsOf(resamples)) for (const place of row) visits[place]!++;
    expect(Math.min(...visits)).toBeGreaterThan(350);
    expect(Math.max(...visits)).toBeLessThan(650);
  });

  it('draws single observations at mean 1 and one wrapped block for very long ones', () => {
    const single = stationaryResamples(10, { meanBlock: 1, draws: 50, stream: 'seed=1/test/resamples/3' });
    expect(new Set(wholeBlocks(single))).toEqual(new Set([1]));
    const long = positionsOf(stationaryResamples(5, { meanBlock: 1e12, draws: 50, stream: 'seed=1/test/resamples/4' }));
    expect(long.every((row) => row.every((place, i) => i === 0 || place === (row[i - 1]! + 1) % 5))).toBe(true);
  });

  it('refuses a block shorter than one observation and an empty series', () => {
    expect(() => stationaryResamples(5, { meanBlock: 0.5, draws: 1, stream: 's' })).toThrow('restart probability');
    expect(() => stationaryResamples(0, { meanBlock: 2, draws: 1, stream: 's' })).toThrow('series length');
    expect(() => stationaryResamples(5, { meanBlock: 2, draws: 0, stream: 's' })).toThrow('number of draws');
  });
});

describe('resamplesOfRows', () => {
  it('gives back the rows it was made from, of any length and order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (size, seed) => {
        const state = namedStream(`seed=${seed}/rows/test/0`);
        const rows = Array.from({ length: nextIndex(state, 5) }, () => Array.from({ length: nextIndex(state, 40) }, () => nextIndex(state, size)));
        expect(positionsOf(resamplesOfRows(rows, size))).toEqual(rows);
      }),
      runs,
    );
  });

  it('never makes a block longer than the series', () => {
    const [batch] = resamplesOfRows([[0, 1, 2, 0, 1, 2, 0]], 3);
    expect(Array.from(batch!.ends, (end, j) => end - batch!.starts[j]!).slice(0, batch!.offsets[1])).toEqual([3, 3, 1]);
  });

  it('refuses positions outside the series', () => {
    expect(() => resamplesOfRows([[0, 3]], 3)).toThrow('position 3 is outside a series of 3');
    expect(() => resamplesOfRows([[-1]], 3)).toThrow('resampled position');
    expect(() => resamplesOfRows([[0.5]], 3)).toThrow('resampled position');
  });
});
