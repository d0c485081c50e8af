import { expect, it } from 'vitest';
import { finiteOrNull, requireFinite } from './requireFinite.ts';

it('names the first value that is not finite', () => {
  expect(() => requireFinite([1, Number.NaN, Infinity], 'returns')).toThrow('returns[1] is NaN');
  expect(() => requireFinite([-Infinity], 'returns')).toThrow('returns[0] is -Infinity');
  expect(() => requireFinite(Float64Array.of(0, -1), 'returns')).not.toThrow();
});

it('turns an overflow into null and keeps numbers', () => {
  expect(finiteOrNull(Infinity)).toBeNull();
  expect(finiteOrNull(0)).toBe(0);
});
