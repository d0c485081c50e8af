import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, hashOf, prettyJson, sha256 } from './canonicalJson.ts';

describe('canonical JSON', () => {
  it('sorts keys by code unit at every depth and has no spaces', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: null, Z: 'x', é: 1, 10: 0, 9: 0 })).toBe(
      '{"10":0,"9":0,"Z":"x","a":null,"b":[1,{"c":2,"d":1}],"é":1}',
    );
  });

  it('writes numbers as short as they can be read back, and -0 as 0', () => {
    expect(canonicalJson([-0, 1e21, 1e-7, 0.1 + 0.2, 1e20, 5e-324])).toBe('[0,1e+21,1e-7,0.30000000000000004,100000000000000000000,5e-324]');
  });

  it('escapes only what must be escaped', () => {
    expect(canonicalJson('é\u2028\u0001\n"/')).toBe('"é\u2028\\u0001\\n\\"/"');
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [{ a: [Number.NEGATIVE_INFINITY] }], [undefined], [1n]])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'E_INTERNAL' }));
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(hashOf(reversed)).toBe(hashOf(value));
      }),
      { numRuns: 200 },
    );
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
      { numRuns: 200 },
    );
  });
});

describe('hashes and files', () => {
  it('are lower-case hex SHA-256 of UTF-8', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256(new TextEncoder().encode('é'))).toBe(sha256('é'));
    expect(hashOf({})).toBe(sha256('{}'));
  });

  it('for people have two spaces, sorted keys and a newline at the end', () => {
    expect(prettyJson({ b: 1, a: [] })).toBe('{\n  "a": [],\n  "b": 1\n}\n');
    expect(() => prettyJson({ a: Number.NaN })).toThrow(expect.objectContaining({ code: 'E_INTERNAL' }));
  });
});
