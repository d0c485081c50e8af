import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuoteSeconds, type QuoteUpdate } from './quoteSeconds.ts';

const from = Date.UTC(2024, 0, 1);
const range = { from, to: from + 6_000 };
const quote = (ms: number, bid: number, more: Partial<QuoteUpdate> = {}): QuoteUpdate => ({
  id: ms,
  time: from + ms,
  bid,
  bidSize: 1,
  ask: bid + 1,
  askSize: 2,
  ...more,
});

function secondsOf(updates: readonly QuoteUpdate[]) {
  const seconds = new QuoteSeconds(range);
  for (const update of updates) seconds.add(update);
  return seconds.finish();
}

describe('QuoteSeconds', () => {
  it('has the last quote before each second’s end, carried on until the next', () => {
    const { time, bid, ask, quoteTime } = secondsOf([quote(1_000, 10), quote(1_999, 11), quote(3_000, 12)]);
    expect([...time]).toEqual([0, 1, 2, 3, 4, 5].map((second) => from + second * 1_000));
    expect([...bid]).toEqual([Number.NaN, 11, 11, 12, 12, 12]);
    expect([...ask]).toEqual([Number.NaN, 12, 12, 13, 13, 13]);
    expect(quoteTime[5]).toBe(from + 3_000);
  });

  it('takes the update of the larger number where two share a millisecond', () => {
    expect(secondsOf([quote(5, 10, { id: 2 }), quote(5, 20, { id: 1 })]).bid[0]).toBe(10);
  });

  it('leaves out and counts what is no pair of prices', () => {
    const seconds = new QuoteSeconds(range);
    for (const update of [quote(5, 10), quote(6, 0), quote(7, 10, { ask: 9 })]) seconds.add(update);
    expect([seconds.unusable, seconds.finish().bid[0]]).toEqual([2, 10]);
  });

  it('gives the same rows for updates in any order: files of early 2024 mix hours (#305)', () => {
    const updates = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_999 }), fc.integer({ min: 1, max: 99 })), { maxLength: 60 });
    fc.assert(
      fc.property(
        updates.chain((list) => {
          const all = list.map(([ms, bid], id) => quote(ms, bid, { id }));
          return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
        }),
        ([inOrder, shuffled]) => {
          expect(secondsOf(shuffled)).toEqual(secondsOf(inOrder));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('says the same of a second whatever comes after it', () => {
    const updates = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_999 }), fc.integer({ min: 1, max: 99 })), { maxLength: 60 });
    fc.assert(
      fc.property(updates, fc.integer({ min: 0, max: 5 }), (list, second) => {
        const all = list.map(([ms, bid], id) => quote(ms, bid, { id }));
        const known = all.filter(({ time }) => time < from + (second + 1) * 1_000);
        expect(secondsOf(known).bid.subarray(0, second + 1)).toEqual(secondsOf(all).bid.subarray(0, second + 1));
      }),
      { numRuns: 200 },
    );
  });
});
