import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { quickNormal } from '../core/normals.ts';
import { namedStream } from '../core/random.ts';
import { analyzeFormula, type KnownName } from './analyze.ts';
import { formulaText } from './ast.ts';
import { type FormulaFrame, FormulaValues } from './evaluate.ts';
import { formulaFunctions } from './functions.ts';
import { parseFormula } from './parse.ts';

const known = new Map<string, KnownName>([
  ['close', { kind: 'column', reads: 0 }],
  ['high', { kind: 'column', reads: 0 }],
  ['volume', { kind: 'column', reads: 0 }],
  ['rv_96', { kind: 'column', reads: 96 }],
  ['shock', { kind: 'scalar', reads: 0 }],
]);

const text = (source: string) => formulaText(parseFormula(source, 'test'));
const facts = (source: string) => analyzeFormula(parseFormula(source, 'test'), known, 'test');
const problem = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.message;
  }
  return 'no error';
};

/** A frame of random prices with some holes; deterministic in `name`. */
function randomFrame(rows: number, name: string, holes = 0): FormulaFrame {
  const random = namedStream(name);
  const close = new Float64Array(rows);
  let price = 100;
  for (let row = 0; row < rows; row++) close[row] = price *= Math.exp(0.01 * quickNormal(random));
  const volume = close.map(() => Math.exp(quickNormal(random)));
  for (let hole = 0; hole < holes; hole++) {
    const at = Math.floor((hole + 1) * (rows / (holes + 1)));
    close[at] = Number.NaN;
    volume[at] = Number.NaN;
  }
  return {
    rows,
    openTime: Float64Array.from(close, (_, row) => Date.UTC(2024, 0, 1) + row * 900_000),
    columns: { close, volume, high: close.map((value) => value * 1.001), rv_96: volume },
  };
}

const values = (frame: FormulaFrame, source: string) => [...new FormulaValues(frame, { shock: 0.01 }).of(parseFormula(source, 'test'))];

describe('the formula language', () => {
  it('binds or weaker than and, and weaker than not, comparisons weaker than sums', () => {
    expect(text('not close > 1 + 2 * 3 and high < 4 or volume >= -1')).toBe('(((not (close > (1 + (2 * 3)))) and (high < 4)) or (volume >= (-1)))');
  });

  it('names the column of the first thing it cannot read', () => {
    expect(problem(() => parseFormula('close > ', 'test'))).toContain('expected a number, a name or a bracket at column 9, found the end');
    expect(problem(() => parseFormula('close $ 2', 'test'))).toContain('cannot read "$" at column 7');
    expect(problem(() => parseFormula('1 < close < 2', 'test'))).toContain('"and" between two comparisons');
    expect(problem(() => parseFormula('('.repeat(100), 'test'))).toContain('nested more than 64 levels');
  });

  it('suggests the nearest name and function', () => {
    expect(problem(() => facts('clsoe > 1'))).toContain('did you mean close?');
    expect(problem(() => facts('medain(close, 5) > 1'))).toContain('did you mean median?');
  });

  it('refuses what is not of the type that is needed', () => {
    expect(problem(() => facts('close + (high > 1)'))).toContain('expected a number, this is a condition');
    expect(problem(() => facts('lag(close, -1)'))).toContain('whole number of bars');
    expect(problem(() => facts('lag(close, volume)'))).toContain('whole number of bars');
    expect(problem(() => facts('mean(close)'))).toContain('mean takes 2 arguments');
  });

  it('says how far back a formula reads', () => {
    expect(facts('ln(close / lag(close, 1))')).toMatchObject({ lookback: 1, firstCleanAge: 1 });
    expect(facts('rms(ln(close / lag(close, 1)), 12)')).toMatchObject({ lookback: 12, firstCleanAge: 12 });
    expect(facts('highest(high, 10)')).toMatchObject({ lookback: 9, firstCleanAge: 10 });
    expect(facts('rv_96 > shock')).toMatchObject({ lookback: 96, firstCleanAge: 97, columns: ['rv_96'], scalars: ['shock'], type: 'condition' });
  });

  it('is missing where it cannot be told, and decided where one side decides', () => {
    const frame: FormulaFrame = { rows: 3, openTime: Float64Array.of(0, 1, 2), columns: { close: Float64Array.of(1, Number.NaN, 3) } };
    expect(values(frame, 'close > 2')).toEqual([0, Number.NaN, 1]);
    expect(values(frame, 'close > 2 and 1 > 2')).toEqual([0, 0, 0]);
    expect(values(frame, 'close > 2 or 2 > 1')).toEqual([1, 1, 1]);
    expect(values(frame, 'not close > 2')).toEqual([1, Number.NaN, 0]);
    expect(values(frame, 'close / 0')).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('equals the written-out computation', () => {
    const frame = randomFrame(400, 'formula/written');
    const close = frame.columns['close']!;
    const r = close.map((value, i) => (i === 0 ? Number.NaN : Math.log(value / close[i - 1]!)));
    const rms = values(frame, 'rms(ln(close / lag(close, 1)), 12)');
    const rank = values(frame, 'rank(volume, 50)');
    for (let i = 60; i < 400; i++) {
      const window = r.subarray(i - 11, i + 1);
      expect(rms[i]).toBeCloseTo(Math.sqrt(window.reduce((sum, value) => sum + value * value, 0) / 12), 12);
      const own = frame.columns['volume']![i]!;
      const less = frame.columns['volume']!.subarray(i - 49, i + 1).filter((value) => value < own).length;
      expect(rank[i]).toBeCloseTo((100 * (less + 0.5)) / 50, 10);
    }
  });

  it('counts equal values half in a rank, so that a plateau is not an extreme', () => {
    const frame: FormulaFrame = { rows: 20, openTime: new Float64Array(20), columns: { close: new Float64Array(20).fill(7) } };
    expect(values(frame, 'rank(close, 10)')[19]).toBe(50);
  });

  it('ranks among the same time of day', () => {
    const frame = randomFrame(96 * 12, 'formula/slot');
    const rank = values(frame, 'rank(volume, 5, 96)');
    const at = 96 * 11 + 40;
    const own = frame.columns['volume']!;
    const less = [1, 2, 3, 4].filter((days) => own[at - 96 * days]! < own[at]!).length;
    expect(rank[at]).toBeCloseTo((100 * (less + 0.5)) / 5, 10);
    expect(rank[96 * 3]).toBeNaN();
  });

  it('counts bars since a condition held, and takes medians where one held', () => {
    const close = Float64Array.of(5, 1, 7, 2, 3, 9, 1, 1, 1, Number.NaN, 4);
    const frame: FormulaFrame = { rows: close.length, openTime: new Float64Array(close.length), columns: { close } };
    const none = Number.NaN;
    expect(values(frame, 'since(close > 4, 3)')).toEqual([0, 1, 0, 1, 2, 0, 1, 2, none, none, none]);
    expect(values(frame, 'median_where(close, close > 2, 3)')).toEqual([none, none, 6, 7, 5, 6, 6, 9, none, none, 4]);
  });

  it('reads the clock in UTC', () => {
    const frame: FormulaFrame = { rows: 1, openTime: Float64Array.of(Date.UTC(2024, 1, 29, 23, 45)), columns: {} };
    expect(['hour()', 'minute()', 'weekday()', 'session()'].map((source) => values(frame, source)[0])).toEqual([23, 45, 4, 2]);
  });

  it('does not blank a window for days over one missing bar', () => {
    const frame = randomFrame(400, 'formula/holes', 1);
    const median = values(frame, 'median(close, 100)');
    expect(median[200]).toBeNaN();
    expect(median[201]).not.toBeNaN();
  });

  it('never reads a later bar: cutting or replacing the future changes nothing before', () => {
    const formulas = [
      'mean(close, 7)',
      'rms(close, 7)',
      'std(close, 9)',
      'median(volume, 11)',
      'highest(high, 5) - lowest(close, 6)',
      'rank(volume, 13)',
      'rank(volume, 3, 8)',
      'crosses_above(close, mean(close, 4))',
      'crosses_below(close, mean(close, 4))',
      'within(close > lag(close, 1), 3)',
      'held(close > lag(close, 1), 3)',
      'held_exactly(close > lag(close, 2), 2)',
      'since(close > lag(close, 2), 4)',
      'median_where(volume, close > lag(close, 1), 9)',
      'choose(close > 100, abs(change(close, 3)), sqrt(volume))',
      'min(close, high) + max(volume, 1) * sign(change(close, 1))',
      'hour() + minute() + weekday() + session()',
    ];
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 120 }), fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 3 }), (cut, seed, holes) => {
        const whole = randomFrame(160, `formula/cut/${seed}`, holes);
        const other = randomFrame(160, `formula/other/${seed}`);
        const columns = Object.fromEntries(
          Object.entries(whole.columns).map(([name, column]) => [name, column.map((value, row) => (row < cut ? value : other.columns[name]![row]!))]),
        );
        for (const source of formulas) {
          const [a, b] = [values(whole, source), values({ ...whole, columns }, source)];
          expect(b.slice(0, cut)).toEqual(a.slice(0, cut));
          const short = {
            rows: cut,
            openTime: whole.openTime.slice(0, cut),
            columns: Object.fromEntries(Object.entries(whole.columns).map(([name, column]) => [name, column.slice(0, cut)])),
          };
          expect(values(short, source)).toEqual(a.slice(0, cut));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is documented function by function', () => {
    const page = readFileSync(new URL('../../docs/studies.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)\(.*\)` \| (?:number|condition) \| (.*) \|$/gm)].map(([, name, help]) => [name, help]);
    expect(listed).toEqual(Object.entries(formulaFunctions).map(([name, { help }]) => [name, help]));
  });
});
