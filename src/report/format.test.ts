import { describe, expect, it } from 'vitest';
import {
  bps,
  count,
  fixedHalfEven,
  grouped,
  money,
  number,
  percent,
  plural,
  price,
  prose,
  ratio,
  setting,
  significant,
  typographic,
} from './format.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [19.187821, '19.2'],
    [9.995, '9.99'],
    [9.996, '10.0'],
    [99.96, '100'],
    [0.05423, '0.0542'],
    [-123.456, '-123'],
    [1234567.8, '1,234,568'],
    [0.00000012345, '1.23e-7'],
  ])('shows %f with three significant figures', (value, text) => {
    expect(significant(value)).toBe(text);
  });

  it('shows percent, basis points, money, counts and prices', () => {
    expect(percent(0.19187821)).toEqual({ text: '19.2%', title: '0.19187821 as a fraction', isMissing: false });
    expect(percent(0.0123, { isSigned: true }).text).toBe('+1.23%');
    expect(percent(-0.000001, { decimals: 2 }).text).toBe('0.00%');
    expect(bps(0.0006).text).toBe('6.00');
    expect(money(1191878.21).text).toBe('1,191,878');
    expect(money(-12.345).text).toBe('-12.35');
    expect(count(70176).text).toBe('70,176');
    expect(ratio(0.5234).text).toBe('0.523');
    expect(price(42000.5).text).toBe('42,000.5');
    expect(price(0.00001234).text).toBe('0.00001234');
    expect(price(100).text).toBe('100');
    expect(grouped('-1234567.5')).toBe('-1,234,567.5');
    expect(setting(6)).toBe('6');
    expect(plural(1, 'trade')).toBe('1 trade');
    expect(plural(2000, 'trade')).toBe('2,000 trades');
  });

  it.each([null, undefined, Number.NaN, Infinity])('shows a dash with the reason for %s', (value) => {
    const shown = ratio(value, { reason: 'too few days' });
    expect(shown).toEqual({ text: '–', title: 'too few days', isMissing: true });
    expect(number(shown).markup).toContain('too few days');
  });

  it.each([
    [40.625, 2, '40.62'],
    [40.635, 2, '40.63'],
    [-0.125, 2, '-0.12'],
    [0.375, 2, '0.38'],
    [2.5, 0, '2'],
    [3.5, 0, '4'],
    [1191878.2149, 2, '1191878.21'],
  ])('rounds exact halves of %f to even', (value, decimals, text) => {
    expect(fixedHalfEven(value, decimals)).toBe(text);
  });

  it('puts the exact value on hover', () => {
    expect(number(percent(-0.0342112334)).markup).toBe('<span class="n" title="-0.0342112334 as a fraction">\u22123.42%</span>');
  });

  it('turns hyphens into minus signs before numbers only', () => {
    expect(typographic('-2.1 to -0.5 (-3) on 2023-01-01, vol-1')).toBe('\u22122.1 to \u22120.5 (\u22123) on 2023-01-01, vol-1');
  });

  it('keeps dates on one line', () => {
    expect(prose('from 2023-01-01 <b>').markup).toBe('from <span class="n">2023-01-01</span> &lt;b&gt;');
  });
});
