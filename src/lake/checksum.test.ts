import { expect, test } from 'vitest';
import { columnChecksum } from './checksum.ts';

test('is fixed, and differs for every changed bit, sign of zero and order', () => {
  const values = Float64Array.of(1.5, NaN, 0, -2);
  const seen = new Set([columnChecksum(values)]);
  expect([...seen]).toEqual([columnChecksum(Float64Array.from([9, ...values]).subarray(1))]);
  const bytes = new Uint8Array(values.buffer);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit % 8);
    seen.add(columnChecksum(values));
    bytes[bit >> 3]! ^= 1 << (bit % 8);
  }
  seen.add(columnChecksum(Float64Array.of(-2, NaN, 0, 1.5)));
  seen.add(columnChecksum(new Float64Array(0)));
  expect(seen.size).toBe(3 + bytes.length * 8);
});

test('reads shared memory', () => {
  const shared = new Float64Array(new SharedArrayBuffer(16));
  shared.set([1, 2]);
  expect(columnChecksum(shared)).toBe(columnChecksum(Float64Array.of(1, 2)));
});
