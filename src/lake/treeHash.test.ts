import { expect, test } from 'vitest';
import { hashOf } from '../core/canonicalJson.ts';
import { treeHash } from './treeHash.ts';

const a = { path: 'a', sha256: '1'.repeat(64) };
const b = { path: 'b/c', sha256: '2'.repeat(64) };

test('does not depend on the order or on repeats', () => {
  expect(treeHash([b, a, b])).toBe(treeHash([a, b]));
  expect(treeHash([a, b])).toBe(
    hashOf([
      ['a', a.sha256],
      ['b/c', b.sha256],
    ]),
  );
});

test('changes with a path, a hash or a missing file', () => {
  const hashes = [treeHash([a, b]), treeHash([a]), treeHash([]), treeHash([a, { ...b, path: 'b/d' }]), treeHash([a, { ...b, sha256: a.sha256 }])];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('refuses one path with two hashes', () => {
  expect(() => treeHash([a, { ...a, sha256: b.sha256 }])).toThrow('listed with two hashes');
});
