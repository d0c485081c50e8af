import { describe, expect, it } from 'vitest';
import { boolean, integer, number, resolveParams, text, timeZone } from './params.ts';

const schema = {
  share: number(0.5, { min: 0, max: 1, help: '' }),
  bars: integer(48, { min: 1, max: 100, help: '' }),
  once: boolean(true, ''),
  zone: timeZone('UTC', ''),
  word: text('plain', '', (value) => (value === 'bad' ? 'bad is not allowed' : null)),
};
const resolve = (given: Record<string, unknown>) => resolveParams('my_unit', schema, given);
const refused = (given: Record<string, unknown>) => {
  try {
    resolve(given);
  } catch (error) {
    return error as { code: string; message: string; exit: number };
  }
  return null;
};

describe('parameters', () => {
  it('default to what the unit declares', () => {
    expect(resolve({})).toEqual({ share: 0.5, bars: 48, once: true, zone: 'UTC', word: 'plain' });
  });

  it('take given values over defaults, in the order of the declaration', () => {
    expect(Object.entries(resolve({ bars: 7, share: 0 }))[1]).toEqual(['bars', 7]);
    expect(Object.keys(resolve({ word: 'x', share: 0 }))).toEqual(['share', 'bars', 'once', 'zone', 'word']);
  });

  it('read text from flags as their own type', () => {
    expect(resolve({ share: '0.25', bars: '12', once: 'false' })).toMatchObject({ share: 0.25, bars: 12, once: false });
  });

  it('may lie on their bounds', () => {
    expect(resolve({ share: 0, bars: 100 })).toMatchObject({ share: 0, bars: 100 });
  });

  it.each([
    [{ share: 1.0001 }, 'my_unit parameter share: 1.0001 is outside 0..1'],
    [{ bars: 0 }, 'my_unit parameter bars: 0 is outside 1..100'],
    [{ bars: 1.5 }, 'my_unit parameter bars: expected a whole number, got 1.5'],
    [{ share: 'many' }, 'my_unit parameter share: expected a number, got "many"'],
    [{ share: '' }, 'my_unit parameter share: expected a number, got ""'],
    [{ share: ' ' }, 'my_unit parameter share: expected a number, got " "'],
    [{ share: null }, 'my_unit parameter share: expected a number, got null'],
    [{ share: undefined }, 'my_unit parameter share: expected a number, got nothing'],
    [{ share: Number.NaN }, 'my_unit parameter share: expected a number, got null'],
    [{ share: 'Infinity' }, 'my_unit parameter share: expected a number, got "Infinity"'],
    [{ share: true }, 'my_unit parameter share: expected a number, got true'],
    [{ once: 1 }, 'my_unit parameter once: expected true or false, got 1'],
    [{ once: 'yes' }, 'my_unit parameter once: expected true or false, got "yes"'],
    [{ word: 3 }, 'my_unit parameter word: expected text, got 3'],
    [{ word: 'bad' }, 'my_unit parameter word: bad is not allowed'],
    [{ zone: 'Mars/Olympus' }, 'my_unit parameter zone: Mars/Olympus is not a time zone name such as UTC or Europe/Berlin'],
  ])('refuse %j', (given, message) => {
    expect(refused(given)).toMatchObject({ code: 'E_BAD_PARAM', exit: 2, message });
  });

  it('refuse an unknown name with the nearest known one', () => {
    expect(refused({ shares: 1 })!.message).toBe(
      'my_unit parameter shares: no such parameter; did you mean share? (known: share, bars, once, zone, word)',
    );
  });

  it('refuse names that every object has', () => {
    expect(refused({ toString: 1 })).toMatchObject({ code: 'E_BAD_PARAM' });
    expect(refused(JSON.parse('{"__proto__": 1}') as Record<string, unknown>)).toMatchObject({ code: 'E_BAD_PARAM' });
  });

  it('of a unit without any refuse everything', () => {
    expect(() => resolveParams('bare', {}, { x: 1 })).toThrow('no such parameter (known: none)');
  });
});
