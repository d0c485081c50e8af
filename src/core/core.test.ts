import { describe, expect, it } from 'vitest';
import { defineFeature, kindOf, outputsOf, unit, unitKinds } from './define.ts';
import { AppError, type ErrorCode, errorTable, isAppError, toAppError } from './errors.ts';
import { type Finding, sortFindings } from './findings.ts';
import { defineStrategy } from './intent.ts';
import { boolean, integer, text } from './params.ts';
import { profileOf, referenceProfile, standardProfile } from './profile.ts';
import { didYouMean, nearest } from './suggest.ts';
import { sliceTable } from './table.ts';
import { barMs, formatDay, formatTime, monthOf, monthsBetween, parseDay, yearStart } from './time.ts';

describe('suggestions', () => {
  const known = ['vol_compression_v1', 'momentum', 'screen', 'perp'];

  it.each([
    ['vol_compresion_v1', 'vol_compression_v1'],
    ['Momentum', 'momentum'],
    ['screne', 'screen'],
    ['pepr', 'perp'],
    ['pep', 'perp'],
  ])('%s means %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it('are none for a word that is like no other', () => {
    expect(nearest('banana', known)).toBeNull();
    expect(didYouMean('banana', known)).toBe('');
    expect(nearest('x', [])).toBeNull();
  });

  it('allow one slip in a short word and a third of a long one', () => {
    expect(nearest('ab', ['ac'])).toBe('ac');
    expect(nearest('ab', ['cd'])).toBeNull();
    expect(nearest('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(nearest('abcdef', ['abcxyz'])).toBeNull();
  });

  it('count two swapped letters as one slip', () => {
    expect(nearest('abc', ['acb'])).toBe('acb');
  });

  it('prefer the first of equally near words', () => {
    expect(nearest('aa', ['ab', 'ac'])).toBe('ab');
  });

  it('end a message', () => {
    expect(didYouMean('screne', known)).toBe('; did you mean screen?');
  });
});

describe('time', () => {
  it('reads real days and nothing else', () => {
    expect(parseDay('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
    for (const bad of ['2023-02-29', '2024-13-01', '2024-00-10', '2024-1-01', ' 2024-01-01', '2024-01-01T00:00', '2024-01-32', ''])
      expect(parseDay(bad), bad).toBeNull();
  });

  it('writes days and instants in UTC', () => {
    expect(formatDay(Date.UTC(2024, 0, 1) - 1)).toBe('2023-12-31');
    expect(formatTime(Date.UTC(2024, 5, 1, 23, 45))).toBe('2024-06-01T23:45:00Z');
  });

  it('knows the month of an instant, its ends belonging to one month each', () => {
    expect(monthOf(Date.UTC(2024, 1, 1) - 1)).toMatchObject({ label: '2024-01', end: Date.UTC(2024, 1, 1) });
    expect(monthOf(Date.UTC(2024, 11, 31))).toMatchObject({
      year: 2024,
      month: 12,
      label: '2024-12',
      start: Date.UTC(2024, 11, 1),
      end: Date.UTC(2025, 0, 1),
    });
  });

  it('lists the months touched by a half-open range', () => {
    const labels = (from: number, to: number) => monthsBetween(from, to).map(({ label }) => label);
    expect(labels(Date.UTC(2023, 10, 15), Date.UTC(2024, 1, 1))).toEqual(['2023-11', '2023-12', '2024-01']);
    expect(labels(Date.UTC(2023, 10, 15), Date.UTC(2024, 1, 1) + barMs)).toHaveLength(4);
    expect(labels(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 1))).toEqual([]);
  });

  it('knows where years begin', () => {
    expect(yearStart(2025)).toBe(Date.UTC(2025, 0, 1));
  });
});

describe('findings', () => {
  const finding = (code: string, severity: Finding['severity'], subject = 'BTCUSDT', from?: number): Finding => ({
    code,
    severity,
    subject,
    message: code,
    ...(from === undefined ? {} : { range: { from, to: from } }),
  });

  it('are listed the most severe first, then by code, subject and time', () => {
    const given = [
      finding('B', 'info'),
      finding('A', 'warning', 'ETHUSDT'),
      finding('A', 'warning', 'BTCUSDT', 20),
      finding('A', 'warning', 'BTCUSDT', 3),
      finding('Z', 'error'),
    ];
    expect(sortFindings(given)).toEqual([given[4], given[3], given[2], given[1], given[0]]);
  });

  it('are listed the same from any order, the given list left alone', () => {
    const given = [finding('B', 'info'), finding('A', 'info'), finding('C', 'error')];
    const copy = [...given];
    expect(sortFindings(given.toReversed())).toEqual(sortFindings(given));
    expect(given).toEqual(copy);
  });
});

describe('failures', () => {
  it('say what and what to do, with details filled in', () => {
    const error = new AppError('E_UNKNOWN_UNIT', { kind: 'strategy', id: 'x', suggestion: '; did you mean y?', available: 'y, z' });
    expect(error).toMatchObject({
      message: 'no strategy is called x; did you mean y?',
      hint: 'Available: y, z',
      exit: 2,
      code: 'E_UNKNOWN_UNIT',
      name: 'AppError',
    });
  });

  it('keep their cause', () => {
    const cause = new Error('below');
    expect(new AppError('E_INTERNAL', { problem: 'x' }, { cause }).cause).toBe(cause);
    expect(toAppError(cause)).toMatchObject({ code: 'E_INTERNAL', message: 'below', cause });
    expect(toAppError('text')).toMatchObject({ code: 'E_INTERNAL', message: 'text' });
  });

  it('are recognized from another copy of the module, and passed on as they are', () => {
    const foreign = Object.assign(new Error('x'), { name: 'AppError', code: 'E_USAGE', exit: 2 });
    expect(isAppError(foreign)).toBe(true);
    expect(toAppError(foreign)).toBe(foreign);
    expect(isAppError(new Error('x'))).toBe(false);
    expect(isAppError({ name: 'AppError', code: 'E_USAGE', exit: 2 })).toBe(false);
  });

  it.each(Object.keys(errorTable) as ErrorCode[])('%s has one line, a hint and a documented exit code', (code) => {
    const row = errorTable[code];
    expect(row.template).not.toContain('\n');
    expect(row.hint.length + new AppError(code).hint.length).toBeGreaterThan(0);
    expect([2, 3, 4, 70, 130]).toContain(row.exit);
  });
});

describe('units', () => {
  const feature = defineFeature({ id: 'f', summary: 's', formula: '', inputs: [], warmup: 0, compute: () => {} });

  it('carry their kind, recognized without instanceof', () => {
    expect(kindOf(feature)).toBe('feature');
    expect(kindOf(unit('gate', { id: 'g' }))).toBe('gate');
    expect(kindOf({ ...feature, [Symbol.for('@perp/backtest.unit')]: 'feature' })).toBe('feature');
  });

  it('are nothing else', () => {
    for (const other of [null, undefined, 1, 'feature', {}, { [Symbol.for('@perp/backtest.unit')]: 'sandwich' }]) expect(kindOf(other)).toBeNull();
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(feature)).toBe(true);
  });

  it('yield one column named like themselves unless they say otherwise', () => {
    expect(outputsOf(feature)).toEqual([{ name: 'f', help: 's' }]);
    expect(outputsOf({ ...feature, outputs: [{ name: 'x', help: 'h' }] })).toEqual([{ name: 'x', help: 'h' }]);
  });

  it('are of kinds that each have a folder', () => {
    expect(new Set(unitKinds).size).toBe(unitKinds.length);
  });
});

describe('a strategy', () => {
  const strategy = defineStrategy({
    id: 's',
    summary: '',
    params: { bars: integer(3, { min: 1, max: 9, help: '' }), once: boolean(true, ''), zone: text('UTC', '') },
    intent: ({ column, param }) => ({
      kind: 'bracket',
      entry: { long: column('a').gt(param.bars) },
      limits: { oncePerDay: param.once, timezone: param.zone },
    }),
  });

  it('is plain data: numbers are expressions, other parameters references', () => {
    expect(kindOf(strategy)).toBe('strategy');
    expect(strategy.intent).toMatchObject({
      entry: { long: { node: { op: 'gt', right: { op: 'param', name: 'bars' } } } },
      limits: { oncePerDay: { param: 'once', type: 'boolean' }, timezone: { param: 'zone', type: 'text' } },
    });
  });

  it('requires no columns unless it says so', () => {
    expect(strategy.requires).toEqual([]);
  });
});

describe('profiles', () => {
  it('are chosen by --compat', () => {
    expect(profileOf(null)).toBe(standardProfile);
    expect(profileOf('reference')).toBe(referenceProfile);
  });

  it('differ in every switch', () => {
    for (const key of Object.keys(standardProfile) as (keyof typeof standardProfile)[])
      expect(standardProfile[key], key).not.toEqual(referenceProfile[key]);
  });
});

it('a slice of a table holds the same memory and the same rows', () => {
  const table = {
    columns: [
      { name: 'x', type: 'double' },
      { name: 't', type: 'text' },
    ] as const,
    rows: 4,
    numbers: { x: Float64Array.of(1, 2, 3, 4) },
    texts: { t: ['a', null, 'c', 'd'] },
  };
  const slice = sliceTable(table, 1, 3);
  expect(slice).toMatchObject({ rows: 2, texts: { t: [null, 'c'] } });
  expect([...slice.numbers['x']!]).toEqual([2, 3]);
  expect(slice.numbers['x']!.buffer).toBe(table.numbers.x.buffer);
});
