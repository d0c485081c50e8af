import { describe, expect, it } from 'vitest';
import { matchedEffects, type MatchRecord } from './matchedEffects.ts';

const record = (id: string, bar: number, more: Partial<MatchRecord & { hour: number }> = {}): MatchRecord & { hour: number } => ({
  id,
  symbol: 'BTCUSDT',
  bar,
  covariate: 0,
  outcome: 0,
  hour: 1,
  ...more,
});
const options = { controlsPerEvent: 1, exclusionBars: 2, exact: ['hour'] };

describe('matchedEffects', () => {
  it('subtracts the mean of the controls of the same symbol and labels', () => {
    const events = [record('e', 10, { outcome: 5 })];
    const pool = [
      record('other symbol', 20, { symbol: 'ETHUSDT', outcome: 100 }),
      record('other hour', 20, { hour: 2, outcome: 100 }),
      record('near', 20, { outcome: 1 }),
      record('far', 40, { outcome: 3 }),
    ];
    expect(matchedEffects(events, pool, options)).toEqual({
      matches: [{ event: 'e', controls: ['near'] }],
      unmatched: [],
      effects: Float64Array.of(4),
      meanEffect: 4,
    });
    expect(matchedEffects(events, pool, { ...options, controlsPerEvent: 2 }).meanEffect).toBe(3);
  });

  it('excludes only around events of the same symbol', () => {
    const events = [record('b', 10, { outcome: 1 }), record('e', 30, { symbol: 'ETHUSDT', outcome: 1 })];
    const pool = [record('p', 31, { outcome: 0 }), record('q', 31, { symbol: 'ETHUSDT' })];
    expect(matchedEffects(events, pool, options)).toMatchObject({ matches: [{ event: 'b', controls: ['p'] }], unmatched: ['e'] });
  });

  it('gives one symbol the same matches whether or not another is there', () => {
    const events = [record('b', 10), record('e', 12, { symbol: 'ETHUSDT' })];
    const pool = [record('p', 31), record('q', 33, { symbol: 'ETHUSDT' }), record('r', 29)];
    const both = matchedEffects(events, pool, options).matches.find(({ event }) => event === 'b');
    expect(matchedEffects([events[0]!], pool, options).matches).toEqual([both]);
  });

  it('has a null mean without any match, and refuses missing outcomes', () => {
    expect(matchedEffects([record('e', 1)], [], options)).toMatchObject({ unmatched: ['e'], meanEffect: null });
    expect(matchedEffects([], [], options)).toMatchObject({ matches: [], meanEffect: null });
    expect(() => matchedEffects([record('e', 1, { outcome: Number.NaN })], [], options)).toThrow('outcome[0]');
  });
});
