import { describe, expect, it } from 'vitest';
import { dayMs } from '../../core/time.ts';
import { referenceMonths, referenceRequest } from './referenceUniverse.ts';

describe('the reference’s universe', () => {
  it('is the one of specification 15.5', () => {
    const firstDay = Date.UTC(2024, 0, 1);
    const days = Math.round((Date.UTC(2024, 3, 16) - firstDay) / dayMs);
    const history = (symbol: string, volume: number) => {
      const of = (perBar: number) => Float64Array.from({ length: days }, (_, day) => (day < 4 ? 96 * perBar : day === 4 ? 16 * perBar : 0));
      return { symbol, dollarVolume: of(100 * volume), bars: of(1) };
    };
    const months = referenceMonths(
      [history('BTCUSDT', 1000), history('ETHUSDT', 200)],
      { firstDay, days },
      {
        top: 1,
        lookbackDays: 30,
        seeds: ['ETHUSDT', 'BTCUSDT'],
        from: Date.UTC(2024, 0, 15),
      },
    );
    expect([...months]).toEqual([
      ['2024-01', ['ETHUSDT']],
      ['2024-02', ['BTCUSDT']],
      ['2024-03', ['ETHUSDT']],
      ['2024-04', ['ETHUSDT']],
    ]);
  });

  it('drops named symbols beside TOP10 and fills up by name', () => {
    expect(referenceRequest('SOLUSDT,BTCUSDT,SOLUSDT', [])).toEqual(['SOLUSDT', 'BTCUSDT', 'SOLUSDT']);
    expect(referenceRequest('SOLUSDT,top10', ['ZECUSDT', 'ETHUSDT', 'BTCUSDT', 'AAAUSDT'])).toEqual(['BTCUSDT', 'ETHUSDT', 'AAAUSDT', 'ZECUSDT']);
    expect(referenceRequest('', ['ETHUSDT'])).toEqual(['ETHUSDT']);
  });
});
