import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import type { Frame } from '../../engine/frame.ts';
import { prepareStudy } from '../study/prepare.ts';
import { policyMarket, testPolicy } from '../testing/policyFixtures.ts';
import { policySymbol, SliceBook, sliceRows, wholeDays } from './book.ts';
import { cellOnSlice, makeCells } from './cells.ts';
import { excessSharpe, measure } from './measure.ts';
import { isUnmoved, randomThrottles } from './throttles.ts';

const frames = policyMarket({ days: 300 });
const policy = testPolicy((document) => {
  Object.assign(document, {
    series: {},
    conditions: { always: 'close > 0', fresh: 'event.age <= 16', noon: 'hour() == 12' },
    actions: { half: { size: { factor: 0.5 } }, block: { block: {} }, leave: { flatten: {} } },
  });
});
const studied = prepareStudy(policy.parent, frames, false);
const symbols = studied.symbols.map((symbol) =>
  policySymbol(
    policy,
    frames.find((frame) => frame.symbol === symbol.series.frame.symbol)!,
    symbol,
  ),
);
const book = new SliceBook(symbols, wholeDays(studied.slices[0]!));
const cells = makeCells(policy, symbols, [book]);
const cellOf = (id: string) => cells.find((cell) => cell.id === id)!;
const excessOf = (id: string) => cellOnSlice(cellOf(id), book).measure;

describe('a slice', () => {
  it('is made of the whole days inside it', () => {
    const noon = dayMs * 100.5;
    expect(wholeDays({ id: 'development', start: noon, end: noon + 3 * dayMs })).toEqual({ id: 'development', firstDay: 101, days: 2 });
    expect(wholeDays({ id: 'development', start: noon, end: noon + 1 })).toMatchObject({ days: 0 });
  });

  it('in a frame begins and ends at midnights that both have', () => {
    const frame = (start: number, rows: number): Frame => ({ ...frames[0]!, rows, openTime: Float64Array.of(start) });
    const slice = { id: 'development' as const, firstDay: 100, days: 3 };
    expect(sliceRows(frame(99 * dayMs, 96 * 9), slice)).toEqual({ from: 96, to: 96 * 4 });
    expect(sliceRows(frame(100.5 * dayMs, 96 * 9), slice)).toEqual({ from: 48, to: 48 + 96 * 2 });
    expect(sliceRows(frame(99 * dayMs, 96 * 2.5), slice)).toEqual({ from: 96, to: 96 * 2 });
    expect(sliceRows(frame(200 * dayMs, 96), slice)).toMatchObject({ from: 0, to: 0 });
  });
});

describe('the excess', () => {
  it('of a throttle that takes the same share off everything is nothing, though it saves costs', () => {
    const { excess, difference, kept } = excessOf('always.half');
    expect(kept).toBeCloseTo(0.5, 2);
    const scale = Math.max(...book.baseline.total.gross.map(Math.abs));
    // Only the trades that were open at midnight of the first day are whole.
    expect(Math.max(...excess.slice(3).map(Math.abs))).toBeLessThan(0.02 * scale);
    expect(difference.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0);
  });

  it('of nothing left is nothing, and so is that of no book at all', () => {
    const { total } = book.baseline;
    const nothing = { ...total, gross: total.gross.map(() => 0), cost: total.cost.map(() => 0), exposure: 0, turnover: 0 };
    expect(Math.max(...measure(nothing, total).excess)).toBe(0);
    expect(measure(nothing, nothing)).toMatchObject({ kept: null });
  });
});

describe('a random throttle', () => {
  it('moved around the whole slice is the cell itself, on every symbol', () => {
    for (const id of ['fresh.half', 'fresh.block', 'fresh.leave']) {
      const own = cellOnSlice(cellOf(id), book).total;
      expect(book.runMoved(cellOf(id).overlays, book.slice.days)).toEqual(own);
    }
  });

  it('that acts always takes as much off, wherever it is moved', () => {
    const draws = randomThrottles(book, cellOf('always.half').overlays, { draws: 3, stream: 'seed=1/test/throttle' });
    expect([...draws.kept].every((kept) => Math.abs(kept - excessOf('always.half').kept!) < 1e-12)).toBe(true);
  });

  it('is drawn by the draw’s own stream: more draws change none, and all cells share them', () => {
    const draw = (id: string, draws: number) => randomThrottles(book, cellOf(id).overlays, { draws, stream: 'seed=1/test/throttle' });
    const [few, many, other] = [draw('fresh.block', 5), draw('fresh.block', 9), draw('fresh.leave', 5)];
    expect([...many.sharpe.subarray(0, 5)]).toEqual([...few.sharpe]);
    expect([...other.daysMoved]).toEqual([...few.daysMoved]);
    expect(Math.min(...many.daysMoved)).toBeGreaterThan(0);
    expect(Math.max(...many.daysMoved)).toBeLessThan(book.slice.days);
  });

  it('cannot be told from a condition that is the same every day', () => {
    const noon = cellOf('noon.block');
    const draws = randomThrottles(book, noon.overlays, { draws: 5, stream: 'seed=1/test/throttle' });
    expect(isUnmoved(draws, excessSharpe(excessOf('noon.block').excess))).toBe(true);
    const fresh = randomThrottles(book, cellOf('fresh.block').overlays, { draws: 5, stream: 'seed=1/test/throttle' });
    expect(isUnmoved(fresh, excessSharpe(excessOf('fresh.block').excess))).toBe(false);
  });
});
