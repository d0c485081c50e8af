import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityFlags } from '../market/barQuality.ts';
import { frameOf, simulate, wantStrategy } from '../../test/support/frames.ts';
import { addQualityShares, qualityShares } from './qualityShares.ts';

const bits = Object.values(qualityFlags);

describe('shares of quality flags', () => {
  it('count bars that earned or cost, and trades from entry to exit', () => {
    const frame = frameOf({ close: [100, 100, 110, 110, 110], want: [0, 1, 0, 0, 1] });
    const line = simulate(wantStrategy, frame, { costBps: 10 });
    const quality = Float64Array.of(qualityFlags.missing, 0, qualityFlags.zeroVolume | qualityFlags.jump, qualityFlags.missing, 0);
    const shares = Object.fromEntries(qualityShares({ ...line, quality }).map(({ flag, ...share }) => [flag, share]));
    expect(shares['missing']).toEqual({ bars: 0, pnl: 0, trades: 0, tradesPnl: 0 });
    for (const flag of ['any', 'zeroVolume', 'jump']) {
      expect(shares[flag]).toMatchObject({ bars: 1, trades: 1 });
      expect(shares[flag]!.pnl).toBeCloseTo(0.1 - 0.001, 14);
      expect(shares[flag]!.tradesPnl).toBeCloseTo(0.1 - 0.002, 14);
    }
  });

  it('together are what the line’s diagnostics say, and no flag alone is more', () => {
    const bar = fc.record({ move: fc.constantFrom(-0.02, 0, 0.01), want: fc.constantFrom(-1, 0, 0, 1), flags: fc.constantFrom(0, 0, 0, 3, ...bits) });
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1, maxLength: 60 }), (bars) => {
        let price = 100;
        const close = bars.map(({ move }) => (price *= 1 + move));
        const frame = { ...frameOf({ close, want: bars.map(({ want }) => want) }), quality: Float64Array.from(bars, ({ flags }) => flags) };
        const line = simulate(wantStrategy, frame);
        const [any, ...each] = qualityShares({ ...line, quality: frame.quality });
        const { flaggedBars, flaggedPnl, flaggedTrades, flaggedTradesPnl } = line.diagnostics;
        expect(any).toEqual({ flag: 'any', bars: flaggedBars, pnl: flaggedPnl, trades: flaggedTrades, tradesPnl: flaggedTradesPnl });
        for (const share of each) {
          expect(share.bars).toBeLessThanOrEqual(any!.bars);
          expect(share.trades).toBeLessThanOrEqual(any!.trades);
        }
      }),
    );
  });

  it('add up over lines, and are nothing for bars of unknown quality', () => {
    const line = simulate(wantStrategy, frameOf({ close: [100, 100, 110], want: [1, 1, 1] }));
    const one = qualityShares({ ...line, quality: Float64Array.of(0, 8, 0) });
    const none = qualityShares(line);
    expect(none.every(({ bars, trades }) => bars === 0 && trades === 0)).toBe(true);
    expect(addQualityShares([one, none, one])[0]).toMatchObject({ flag: 'any', bars: 2, trades: 2 });
    expect(addQualityShares([]).map(({ flag }) => flag)).toEqual(['any', ...Object.keys(qualityFlags)]);
  });
});
