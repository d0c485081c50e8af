import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neumaierSum } from '../sums.ts';
import { blockSums } from './blockSums.ts';

const column = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 8, maxLength: 40 });

describe('blockSums', () => {
  it('are the compensated sums of each block, the newest rows last', () => {
    fc.assert(
      fc.property(column, fc.constantFrom(2, 4, 8), (values, blocks) => {
        const { sums, squares, rowsPerBlock, droppedRows } = blockSums([values, values.map((value) => -value)], blocks);
        expect(droppedRows + blocks * rowsPerBlock).toBe(values.length);
        for (let block = 0; block < blocks; block++) {
          const rows = values.slice(droppedRows + block * rowsPerBlock, droppedRows + (block + 1) * rowsPerBlock);
          expect(sums[2 * block]).toBe(neumaierSum(rows));
          expect(sums[2 * block + 1]! + sums[2 * block]!).toBe(0);
          expect(squares[2 * block]).toBe(neumaierSum(rows.map((value) => value * value)));
          expect(squares[2 * block + 1]).toBe(squares[2 * block]);
        }
      }),
    );
  });

  it('lose nothing beside a large value', () => {
    expect([...blockSums([[1, 1e100, 1, -1e100, 1, 1, 1, 1]], 2).sums]).toEqual([2, 4]);
  });

  it('come in up to twenty blocks', () => {
    expect(blockSums([[0.1, 0.2]], 20).rowsPerBlock).toBe(0);
    expect(() => blockSums([[0.1, 0.2]], 22)).toThrow('at most 20');
  });
});
