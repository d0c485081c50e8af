import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column, Condition, type ConditionNode, NumberExpression, type NumberNode } from '../core/expression.ts';
import type { BracketIntent } from '../core/intent.ts';
import type { ParamValues } from '../core/params.ts';
import { firstOpen, frameOf, strategyOf } from '../../test/support/frames.ts';
import { civilDay } from './tradeDays.ts';
import { compileBracket, constantOf } from './compileBracket.ts';
import type { Frame } from './frame.ts';
import { columnReads } from './intentColumns.ts';

const values: ParamValues = { p: 1.5, q: -2 };
const grid = fc.constantFrom(-2, -1, -0, 0, 0.5, 1, 1.5, 2, Number.NaN);
const { number: numberNode, condition: conditionNode } = fc.letrec<{ number: NumberNode; condition: ConditionNode }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ op: fc.constant('column' as const), name: fc.constantFrom('close', 'a', 'b'), lag: fc.nat(2), symbol: fc.constant(null) }),
    fc.record({ op: fc.constant('param' as const), name: fc.constantFrom('p', 'q') }),
    fc.record({ op: fc.constant('constant' as const), value: fc.constantFrom(-1, 0, 0.25, 2, 1e-7, 1e21) }),
    fc.record({ op: fc.constantFrom('add', 'sub', 'mul', 'div', 'min', 'max'), left: tie('number'), right: tie('number') }),
    fc.record({ op: fc.constantFrom('abs', 'neg'), of: tie('number') }),
  ) as fc.Arbitrary<NumberNode>,
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ op: fc.constantFrom('gt', 'ge', 'lt', 'le'), left: tie('number'), right: tie('number') }),
    fc.record({ op: fc.constantFrom('and', 'or'), left: tie('condition'), right: tie('condition') }),
    fc.record({ op: fc.constant('not' as const), of: tie('condition') }),
  ) as fc.Arbitrary<ConditionNode>,
}));

/** The meaning of a node on a row, by the book. */
function numberAt(node: NumberNode, frame: Frame, row: number): number {
  const at = (of: NumberNode) => numberAt(of, frame, row);
  switch (node.op) {
    case 'column':
      return frame.columns[node.name]![row - node.lag]!;
    case 'param':
      return Number(values[node.name]);
    case 'constant':
      return node.value;
    case 'abs':
      return Math.abs(at(node.of));
    case 'neg':
      return -at(node.of);
    case 'min':
      return Math.min(at(node.left), at(node.right));
    case 'max':
      return Math.max(at(node.left), at(node.right));
    case 'add':
      return at(node.left) + at(node.right);
    case 'sub':
      return at(node.left) - at(node.right);
    case 'mul':
      return at(node.left) * at(node.right);
    default:
      return at(node.left) / at(node.right);
  }
}

function holdsAt(node: ConditionNode, frame: Frame, row: number): boolean {
  switch (node.op) {
    case 'and':
      return holdsAt(node.left, frame, row) && holdsAt(node.right, frame, row);
    case 'or':
      return holdsAt(node.left, frame, row) || holdsAt(node.right, frame, row);
    case 'not':
      return !holdsAt(node.of, frame, row);
    default: {
      const [left, right] = [numberAt(node.left, frame, row), numberAt(node.right, frame, row)];
      return { gt: left > right, ge: left >= right, lt: left < right, le: left <= right }[node.op];
    }
  }
}

const frames = fc
  .array(fc.tuple(grid, grid, grid, fc.boolean()), { minLength: 1, maxLength: 12 })
  .map((bars) =>
    frameOf(
      { close: bars.map(([x]) => x), a: bars.map(([, x]) => x), b: bars.map(([, , x]) => x) },
      { isGap: bars.map(([, , , gap]) => (gap ? 1 : 0)) },
    ),
  );

describe('a compiled bracket', () => {
  it('means what its expressions say, on every row', () => {
    let entries = 0;
    fc.assert(
      fc.property(
        fc.option(conditionNode, { nil: undefined }),
        fc.option(conditionNode, { nil: undefined }),
        conditionNode,
        numberNode,
        frames,
        (long, short, leave, level, frame) => {
          const side = (node: ConditionNode | undefined) => (node === undefined ? {} : { long: new Condition(node) });
          const intent: BracketIntent = {
            kind: 'bracket',
            entry: { ...side(long), ...(short === undefined ? {} : { short: new Condition(short) }) },
            stop: { long: new NumberExpression(level) },
            trailing: { distance: new NumberExpression(level) },
            maxHoldBars: new NumberExpression(level),
            exitWhen: [
              { reason: 'other', short: new Condition(leave) },
              { reason: 'leave', long: new Condition(leave) },
            ],
          };
          const strategy = strategyOf(intent, {
            p: { type: 'number', default: 0, min: -9, max: 9, help: '' },
            q: { type: 'number', default: 0, min: -9, max: 9, help: '' },
          });
          const compiled = compileBracket(strategy, values, frame);
          const reads = columnReads(strategy);
          for (let row = 0; row < frame.rows; row++) {
            const isBlocked = frame.isGap[row] === 1 || reads.some(({ name, lag }) => row < lag || Number.isNaN(frame.columns[name]![row - lag]!));
            expect(compiled.isBlocked(row)).toBe(isBlocked);
            const entry = isBlocked
              ? 0
              : long !== undefined && holdsAt(long, frame, row)
                ? row + 1
                : short !== undefined && holdsAt(short, frame, row)
                  ? -(row + 1)
                  : 0;
            expect(compiled.nextEntry(row, row + 1)).toBe(entry);
            if (isBlocked) continue;
            entries += entry === 0 ? 0 : 1;
            expect(compiled.exitRule(row, 1, row)).toBe(holdsAt(leave, frame, row) ? 2 : 0);
            expect(compiled.exitRule(row, -1, row)).toBe(holdsAt(leave, frame, row) ? 1 : 0);
            expect(compiled.stopPrice(row, 1)).toBe(numberAt(level, frame, row));
            expect(compiled.stopPrice(row, -1)).toBeNaN();
            expect(compiled.trailingDistance(row)).toBe(numberAt(level, frame, row));
            expect(compiled.maxHoldBars(row)).toBe(numberAt(level, frame, row));
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(entries).toBeGreaterThan(50);
  });

  it('finds the next entry at or after a row and before an end', () => {
    const strategy = strategyOf({ kind: 'bracket', entry: { long: column('a').gt(0) } });
    const compiled = compileBracket(strategy, {}, frameOf({ close: [1, 1, 1, 1], a: [0, 1, 0, 1] }));
    expect([compiled.nextEntry(0, 4), compiled.nextEntry(1, 4), compiled.nextEntry(2, 4), compiled.nextEntry(2, 3)]).toEqual([2, 2, 4, 0]);
  });

  it('has target prices in the order of the definition: close + multiple * side * risk', () => {
    const strategy = strategyOf({ kind: 'bracket', entry: { long: column('a').gt(0) }, stop: { long: column('a') }, targets: [{ riskMultiple: 2 }] });
    const compiled = compileBracket(strategy, {}, frameOf({ close: [1], a: [1] }));
    expect(compiled.targetPrice(0, 1, 0.3, 0.1)).toBe(0.3 + 2 * 1 * (0.3 - 0.1));
    expect(compiled.targetPrice(0, -1, 0.1, 0.3)).toBe(0.1 + 2 * -1 * (-1 * (0.1 - 0.3)));
  });

  it('reads text that looks like code as a name, never as code', () => {
    const name = '];globalThis.hacked=1;//';
    const strategy = strategyOf({ kind: 'bracket', entry: { long: column(name).gt(0) } });
    expect(compileBracket(strategy, {}, frameOf({ close: [1], [name]: [1] })).nextEntry(0, 1)).toBe(1);
    expect('hacked' in globalThis).toBe(false);
  });

  it('names a column that its frame lacks', () => {
    expect(() => compileBracket(strategyOf({ kind: 'bracket', entry: { long: column('absent').gt(0) } }), {}, frameOf({ close: [1] }))).toThrow(
      /no column absent/,
    );
  });
});

describe('a constant of an intent', () => {
  it('is a number, a parameter or what is made of them', () => {
    expect(constantOf(3, {})).toBe(3);
    expect(constantOf(new NumberExpression({ op: 'param', name: 'p' }).times(2), { p: 4 })).toBe(8);
  });

  it('reads no column', () => {
    expect(() => constantOf(column('close'), {})).toThrow(RangeError);
  });
});

describe('columns that an intent reads', () => {
  const names = (intent: BracketIntent, requires: string[] = []) =>
    columnReads(strategyOf(intent, {}, requires)).map(({ name, lag }) => `${name}${lag === 0 ? '' : `-${lag}`}`);

  it('are each named once, in one order, with the close', () => {
    const again = column('b').gt(column('a').lag(2)).and(column('a').lag(2).gt(0)).and(column('a').gt(0));
    expect(names({ kind: 'bracket', entry: { long: again } })).toEqual(['a', 'a-2', 'b', 'close']);
  });

  it('include high and low where a stop, trail or target is watched', () => {
    const entry = { long: column('a').gt(0) };
    expect(names({ kind: 'bracket', entry })).toEqual(['a', 'close']);
    for (const watched of [{ stop: { long: 1 } }, { trailing: { distance: 1 } }, { targets: [{ price: { long: 1 } }] }]) {
      expect(names({ kind: 'bracket', entry, ...watched })).toEqual(['a', 'close', 'high', 'low']);
    }
  });

  it('come from every part of the intent and from what is required besides', () => {
    const all: BracketIntent = {
      kind: 'bracket',
      entry: {
        long: column('c01').gt(0),
        short: column('c02').gt(0),
        size: column('c03'),
        order: { type: 'limit', price: { long: column('c04'), short: column('c05') }, lifetimeBars: column('c06') },
      },
      stop: { long: column('c07'), short: column('c08') },
      targets: [{ price: { long: column('c09'), short: column('c10') }, fraction: column('c11') }, { riskMultiple: column('c12') }],
      trailing: { distance: column('c13') },
      maxHoldBars: column('c14'),
      exitWhen: [
        { reason: 'r', long: column('c15').gt(0), short: column('c16').abs().gt(0) },
        { reason: 's', reads: [column('c17').lag(1)], leave: () => false },
      ],
      limits: { cooldownBars: column('c18') },
    };
    const expected = Array.from({ length: 18 }, (_, k) => `c${String(k + 1).padStart(2, '0')}${k === 16 ? '-1' : ''}`);
    expect(names(all, ['zz'])).toEqual([...expected, 'close', 'high', 'low', 'zz']);
  });
});

describe('civil days', () => {
  const slow = (ms: number, timeZone: string) => Date.parse(new Intl.DateTimeFormat('sv-SE', { timeZone }).format(ms)) / 86_400_000;

  it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Sao_Paulo'])(
    'of %s are those of the calendar',
    (zone) => {
      const day = civilDay(zone);
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(2010, 0) / 900_000, max: Date.UTC(2030, 0) / 900_000 }), (bar) => {
          expect(day(bar * 900_000)).toBe(slow(bar * 900_000, zone));
        }),
        { numRuns: 200 },
      );
    },
  );

  it('change at midnight of the zone', () => {
    const day = civilDay('Europe/Berlin');
    const midnight = Date.UTC(2024, 2, 31, 22);
    expect(day(midnight) - day(midnight - 1)).toBe(1);
    expect(day(midnight + 24 * 3_600_000 - 1)).toBe(day(midnight));
    expect(day(firstOpen)).toBe(firstOpen / 86_400_000);
  });
});
