import { describe, expect, it } from 'vitest';
import { nearest } from './suggest.ts';

describe('the nearest known word', () => {
  const known = ['run', 'runs', 'strategies', 'stage', 'config', 'vol_compression_v1', 'vol_compression_momentum_v1'];

  it.each([
    ['conf', 'config'],
    ['strategy', 'strategies'],
    ['strat', 'strategies'],
    ['vol_compression_m', 'vol_compression_momentum_v1'],
  ])('of a beginning (%s) is the only word that begins so', (word, meant) => expect(nearest(word, known)).toBe(meant));

  it('of a beginning that fits several is none of them', () => {
    expect(nearest('vol_comp', known)).toBeNull();
    expect(nearest('st', ['stage', 'start_up_check'])).toBeNull();
  });

  it('of a slip is the word with the fewest changes', () => {
    expect(nearest('rnus', known)).toBe('runs');
    expect(nearest('stag', known)).toBe('stage');
  });
});
