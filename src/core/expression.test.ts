import { describe as group, expect, it } from 'vitest';
import { type AnyNode, column, type Condition, describe, nodeOf, NumberExpression, walk } from './expression.ts';

const [a, b, c] = [column('a'), column('b'), column('c')];
const text = (expression: NumberExpression | Condition) => describe(expression.node);

group('an expression describes itself', () => {
  it.each([
    [column('close').gt(column('high_96').lag(1)), 'close > high_96[-1]'],
    [a.ge(1).and(b.le(2)), 'a >= 1 and b <= 2'],
    [a.ge(1).and(b.lt(2)).and(c.gt(3)), 'a >= 1 and b < 2 and c > 3'],
    [a.gt(1).or(b.gt(2)).and(c.gt(3)), '(a > 1 or b > 2) and c > 3'],
    [a.gt(1).and(b.gt(2)).or(c.gt(3)), '(a > 1 and b > 2) or c > 3'],
    [a.gt(1).or(b.gt(2)).not(), 'not (a > 1 or b > 2)'],
    [a.gt(b.plus(c)), 'a > b + c'],
  ])('condition %#', (condition, expected) => {
    expect(text(condition)).toBe(expected);
  });

  it.each([
    [a.minus(b).minus(c), '(a - b) - c'],
    [a.minus(b.minus(c)), 'a - (b - c)'],
    [a.plus(b).times(2).over(c), '((a + b) * 2) / c'],
    [a.minus(b).abs(), 'abs(a - b)'],
    [a.plus(1).negated(), '-(a + 1)'],
    [a.min(b).max(0), 'max(min(a, b), 0)'],
    [column('close', { symbol: 'ETHUSDT' }).lag(2), 'ETHUSDT:close[-2]'],
    [new NumberExpression({ op: 'param', name: 'limit' }).times(-1), 'limit * -1'],
  ])('number %#', (number, expected) => {
    expect(text(number)).toBe(expected);
  });

  it('tells different groupings apart', () => {
    expect(text(a.minus(b).minus(c))).not.toBe(text(a.minus(b.minus(c))));
    expect(text(a.over(b).over(c))).not.toBe(text(a.over(b.over(c))));
  });
});

group('a lag', () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('of %d bars is refused, because a strategy cannot look ahead', (bars) => {
    expect(() => a.lag(bars)).toThrow(/cannot look ahead/);
  });

  it('adds up and never goes back', () => {
    expect(text(a.lag(1).lag(2))).toBe('a[-3]');
    expect(() => a.lag(3).lag(-1)).toThrow(RangeError);
    expect(text(a.lag(0))).toBe('a');
  });

  it('leaves the original alone', () => {
    a.lag(4);
    expect(text(a)).toBe('a');
  });
});

group('nodes', () => {
  it('keep the order in which they were written', () => {
    expect(a.plus(b).node).toEqual({ op: 'add', left: a.node, right: b.node });
    expect(a.over(2).node).toEqual({ op: 'div', left: a.node, right: { op: 'constant', value: 2 } });
  });

  it('are plain data', () => {
    const { node } = a.gt(1).and(b.le(c).not());
    expect(JSON.parse(JSON.stringify(node))).toEqual(node);
  });

  it('of a number are constants', () => {
    expect(nodeOf(5)).toEqual({ op: 'constant', value: 5 });
  });

  it('are all visited, parents before children, left before right', () => {
    const seen: AnyNode['op'][] = [];
    walk(a.plus(1).gt(b.abs()).not().node, ({ op }) => seen.push(op));
    expect(seen).toEqual(['not', 'gt', 'add', 'column', 'constant', 'abs', 'column']);
  });
});
