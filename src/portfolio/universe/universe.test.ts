import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsPerDay, dayMs } from '../../core/time.ts';
import { membershipDays, resolveUniverse, seededDays, type SymbolHistory, type UniverseRule } from './membership.ts';
import { parseUniverse, universeText } from './request.ts';

const firstDay = Date.UTC(2024, 0, 1);
const range = { firstDay, days: 121 };

function history(symbol: string, perDay: number, { from = 0, to = range.days, bars = barsPerDay } = {}): SymbolHistory {
  const within = (value: number) => Float64Array.from({ length: range.days }, (_, day) => (day >= from && day < to ? value : 0));
  return { symbol, dollarVolume: within(perDay), bars: within(bars) };
}

const rule = (request: string, more: Partial<UniverseRule> = {}): UniverseRule => ({
  request: parseUniverse(request),
  lookbackDays: 30,
  minListedDays: 20,
  minCoverage: 0.9,
  seeds: [],
  ...more,
});
const members = (histories: readonly SymbolHistory[], given: UniverseRule) =>
  resolveUniverse(histories, range, given).months.map(({ rows }) => rows.filter(({ isMember }) => isMember).map(({ symbol }) => symbol));
const reasons = (histories: readonly SymbolHistory[], given: UniverseRule, symbol: string) =>
  resolveUniverse(histories, range, given).months.map(({ rows }) => rows.find((row) => row.symbol === symbol)!.reason);

describe('a universe request', () => {
  it('is a union of symbols and the largest', () => {
    expect(parseUniverse('solusdt, TOP5,BTCUSDT,top3')).toEqual({ top: 5, symbols: ['BTCUSDT', 'SOLUSDT'] });
    expect(universeText(parseUniverse('SOLUSDT,TOP5,BTCUSDT'))).toBe('TOP5,BTCUSDT,SOLUSDT');
  });

  it.each(['', ' , ', 'TOP0', 'TOP501', 'BTC-USDT'])('refuses %j', (text) => {
    expect(() => parseUniverse(text)).toThrow();
  });
});

describe('a universe', () => {
  it('ranks by volume strictly before the month, ties by symbol', () => {
    const histories = [history('BTCUSDT', 50), history('ETHUSDT', 20), history('ADAUSDT', 20)];
    histories[1]!.dollarVolume.fill(500, 31, 60); // February's volume counts in March, not in February.
    expect(members(histories, rule('TOP2'))).toEqual([[], ['ADAUSDT', 'BTCUSDT'], ['BTCUSDT', 'ETHUSDT'], ['ADAUSDT', 'BTCUSDT']]);
  });

  it('says why a symbol is not in it', () => {
    const histories = [
      history('BTCUSDT', 50),
      history('NEWUSDT', 90, { from: 45 }),
      history('OLDUSDT', 70, { to: 62 }),
      history('THINUSDT', 60, { bars: 70 }),
    ];
    const given = rule('TOP1');
    expect(reasons(histories, given, 'BTCUSDT')).toEqual(['LOOKBACK_INCOMPLETE', 'RANK_TOO_LOW', 'RANK_TOO_LOW', 'RANK_TOO_LOW']);
    expect(reasons(histories, given, 'NEWUSDT')).toEqual(['LOOKBACK_INCOMPLETE', 'NOT_LISTED', 'LISTED_TOO_SHORT', 'RANKED']);
    expect(reasons(histories, given, 'OLDUSDT')).toEqual(['LOOKBACK_INCOMPLETE', 'RANKED', 'RANKED', 'COVERAGE_LOW']);
    expect(reasons(histories, given, 'THINUSDT')).toEqual(['LOOKBACK_INCOMPLETE', 'COVERAGE_LOW', 'COVERAGE_LOW', 'COVERAGE_LOW']);
    expect(reasons([history('BTCUSDT', 1), history('GONEUSDT', 1, { to: 40 })], given, 'GONEUSDT').at(-1)).toBe('NO_RECENT_BARS');
  });

  it('takes named symbols beside the largest, as far as they are eligible', () => {
    const histories = [history('BTCUSDT', 50), history('ETHUSDT', 20), history('NEWUSDT', 1, { from: 100 })];
    expect(members(histories, rule('TOP1,ETHUSDT,NEWUSDT'))[3]).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(reasons(histories, rule('ETHUSDT'), 'BTCUSDT')[1]).toBe('NOT_REQUESTED');
    expect(resolveUniverse(histories, range, rule('TOP1,ETHUSDT')).slots).toBe(2);
  });

  it('marks months that were filled in hindsight', () => {
    const universe = resolveUniverse([history('BTCUSDT', 50), history('ETHUSDT', 20)], range, rule('TOP1', { seeds: ['ETHUSDT'] }));
    expect(universe.months.map(({ isSeeded }) => isSeeded)).toEqual([true, false, false, false]);
    expect(membershipDays(universe, range, ['ETHUSDT', 'BTCUSDT']).map((days) => [days[0], days[30], days[31]])).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
    expect([...seededDays(universe, range)].lastIndexOf(1)).toBe(30);
  });

  it('does not depend on days of the month itself or later', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 121, maxLength: 121 }),
        (month, noise) => {
          const histories = ['AUSDT', 'BUSDT', 'CUSDT'].map((symbol, i) => history(symbol, 10 + i));
          const start = Math.round((Date.UTC(2024, month, 1) - firstDay) / dayMs);
          const changed = histories.map((own, i) => ({
            ...own,
            dollarVolume: own.dollarVolume.map((value, day) => (day < start ? value : noise[(day + 7 * i) % 121]!)),
          }));
          const of = (given: readonly SymbolHistory[]) => resolveUniverse(given, range, rule('TOP2')).months.slice(0, month + 1);
          expect(of(changed)).toEqual(of(histories));
        },
      ),
      { numRuns: 30 },
    );
  });
});
