import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvCursor } from './csv.ts';

function parse(text: string): number {
  return new CsvCursor(Buffer.from(text), 'test.csv').decimal(true);
}

describe('CsvCursor', () => {
  it('reads the same doubles as Number', () => {
    const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max });
    const decimal = fc
      .tuple(fc.constantFrom('', '-'), digits(25), fc.option(digits(30)))
      .map(([sign, whole, fraction]) => sign + whole + (fraction === null ? '' : `.${fraction}`));
    fc.assert(
      fc.property(decimal, (text) => Object.is(parse(text), Number(text))),
      { numRuns: 5_000 },
    );
  });

  it('rounds correctly around 2^53 and keeps the sign of zero', () => {
    for (const text of [
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '0.9007199254740993',
      '900719925474099.3',
      '-0.0',
      '0.00000000000000000000001',
    ]) {
      expect(parse(text)).toBe(Number(text));
    }
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '1e5',
    '1E-5',
    '1.',
    '.5',
    '-',
    '0x10',
    'NaN',
    'Infinity',
    '"1"',
    '1\r\n',
    '1_0',
    '--1',
    '1.2.3',
    '\0',
    '١',
    `1${'0'.repeat(400)}`,
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'E_CSV' }));
  });

  it('tells too few columns from too many, with the line', () => {
    const few = new CsvCursor(Buffer.from('1\n2\n'), 'test.csv');
    few.integer(true);
    expect(() => few.decimal(false)).toThrow('test.csv line 2: the line has too few columns');
    expect(() => new CsvCursor(Buffer.from('1,2'), 'f').decimal(true)).toThrow('too many columns');
  });

  it('refuses a line over 4 KiB', () => {
    expect(() => parse(`0.${'0'.repeat(5_000)}`)).toThrow('longer than 4096');
    expect(() => new CsvCursor(Buffer.from('x'.repeat(5_000)), 'f').header()).toThrow('longer than 4096');
  });

  it('reads whole numbers below 2^53 only', () => {
    const integer = (text: string) => new CsvCursor(Buffer.from(text), 'f').integer(true);
    expect(integer('9007199254740991')).toBe(9_007_199_254_740_991);
    for (const text of ['9007199254740992', '1.0', '-1', '', '1e3']) expect(() => integer(text)).toThrow(expect.objectContaining({ code: 'E_CSV' }));
  });
});
