import { expect, it } from 'vitest';
import { column, Condition, NumberExpression } from '../core/expression.ts';
import { bracketOf, frameOf, positionsOf, simulate, strategyOf } from '../../test/support/frames.ts';
import { feeSensitivity } from './feeSensitivity.ts';
import { compileBracket } from './compileBracket.ts';
import { sumBook } from './book.ts';

/** Defects that once were there; each name says what went wrong. */
const want = strategyOf({ kind: 'target', position: column('want') });

it('executes a late decision at the first bar that exists, not inside a gap', () => {
  const line = simulate(want, frameOf({ close: [100, Number.NaN, 50, 50], want: [1, 1, 1, 1] }), { costBps: 0 });
  expect([...line.delayedPnl[0]!]).toEqual([0, 0, 0, 0]);
  const leaving = simulate(want, frameOf({ close: [100, 100, 100, Number.NaN, 50, 50], want: [1, 1, 0, 0, 0, 0] }), { costBps: 0 });
  expect(leaving.delayedPnl[0]!.reduce((sum, pnl) => sum + pnl, 0)).toBe(-0.5);
});

it.each([-2, 0.5])('refuses a cool-down of %s bars instead of never ending', (cooldownBars) => {
  const frame = frameOf({ close: [1, 2, 3, 4], go: [1, 1, 1, 1] });
  expect(() => simulate(bracketOf({ maxHoldBars: 1, limits: { cooldownBars } }), frame)).toThrow(/cool-down/);
});

it('refuses an intent that reads an undeclared parameter instead of never trading', () => {
  const typo = new NumberExpression({ op: 'param', name: 'typo' });
  const frame = frameOf({ close: [1, 2], go: [1, 1] });
  expect(() => simulate(bracketOf({ entry: { long: column('close').gt(typo) } }), frame)).toThrow(/typo/);
});

it('tells a parameter and a column of one name apart', () => {
  const long = new Condition({ op: 'gt', left: column('close').node, right: { op: 'param', name: 'a' } });
  const short = column('close').gt(column('a'));
  const strategy = bracketOf({ entry: { long, short } }, { a: { type: 'number', default: 100, min: 0, max: 1000, help: 'Level.' } });
  expect(positionsOf(simulate(strategy, frameOf({ close: [5, 5], a: [1, 1], go: [0, 0] })))).toEqual([-1, -1]);
});

it('compares with infinite constants as written', () => {
  const strategy = bracketOf({ entry: { long: column('close').lt(Number.POSITIVE_INFINITY) } });
  expect(compileBracket(strategy, {}, frameOf({ close: [5], go: [0] })).nextEntry(0, 1)).toBe(1);
});

it('keeps its own copy of the state that a hand-written decision is shown', () => {
  const seen: number[] = [];
  const strategy = strategyOf({
    kind: 'decide',
    reads: [column('close')],
    decide: (_, state) => {
      seen.push(state.entryClose);
      (state as { entryClose: number }).entryClose = 1;
      return 1;
    },
  });
  simulate(strategy, frameOf({ close: [7, 8, 9] }));
  expect(seen).toEqual([Number.NaN, 7, 7]);
});

it('takes a trailing distance of zero for a stop at the best price', () => {
  const strategy = bracketOf({ entry: { long: column('go').ge(1) }, trailing: { distance: 0 } });
  expect(positionsOf(simulate(strategy, frameOf({ close: [5, 4, 4], go: [1, 0, 0] })))).toEqual([1, 0, 0]);
});

it('counts a trade with a result of exactly zero in the average R of other costs', () => {
  const frame = frameOf({ close: [100, 100, 100], go: [1, 0, 0], high_96: [110, 110, 110], low_96: [90, 90, 90] });
  const line = simulate(bracketOf({ maxHoldBars: 1 }), frame, { costBps: 0 });
  const book = sumBook([{ line, openTime: frame.openTime }]);
  const at10 = feeSensitivity(line.trades, book, 0, 1_000_000).find(({ costBps }) => costBps === 10)!;
  expect(at10.avgR).toBeCloseTo(-0.002 / 0.1, 12);
});
