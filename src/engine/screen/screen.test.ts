import { describe, expect, it } from 'vitest';
import { column, NumberExpression } from '../../core/expression.ts';
import { integer } from '../../core/params.ts';
import type { Strategy } from '../../core/intent.ts';
import { referenceProfile, standardProfile } from '../../core/profile.ts';
import { bracketOf, calmFrame, frameOf, simulate, strategyOf, wantStrategy, wildFrame } from '../../../test/support/frames.ts';
import breakout from '../../strategies/vol_compression_v1.ts';
import { screen } from './screen.ts';

const refusal = (strategy: Strategy) => {
  try {
    screen.check(strategy);
  } catch (error) {
    return error as { code: string; message: string };
  }
  return null;
};
const stop = { long: column('close').minus(1), short: column('close').plus(1) };

describe('the screen refuses by name what it cannot resolve', () => {
  const entry = { long: column('go').ge(1) };
  it.each([
    ['a limit order', bracketOf({ entry: { ...entry, order: { type: 'limit', price: { long: 5 }, lifetimeBars: 3 } } }), 'entry.order limit'],
    ['a stop order', bracketOf({ entry: { ...entry, order: { type: 'stop', price: { long: 5 }, lifetimeBars: 3 } } }), 'entry.order stop'],
    ['a size', bracketOf({ entry: { ...entry, size: 0.5 } }), 'entry.size'],
    [
      'several targets',
      bracketOf({
        stop,
        targets: [
          { riskMultiple: 1, fraction: 0.5 },
          { riskMultiple: 2, fraction: 0.5 },
        ],
      }),
      'several targets',
    ],
    ['part of a position', bracketOf({ stop, targets: [{ riskMultiple: 1, fraction: 0.5 }] }), 'targets.fraction'],
    ['a multiple of a risk that nothing measures', bracketOf({ targets: [{ riskMultiple: 1 }] }), 'targets.riskMultiple without a stop'],
    ['another symbol in an entry', bracketOf({ entry: { long: column('close', { symbol: 'ETHUSDT' }).gt(1) } }), 'column ETHUSDT:close'],
    ['another symbol in an exit', bracketOf({ exitWhen: [{ reason: 'x', long: column('rv', { symbol: 'ETHUSDT' }).gt(1) }] }), 'column ETHUSDT:rv'],
    [
      'another symbol in a coded exit',
      bracketOf({ exitWhen: [{ reason: 'x', reads: [column('rv', { symbol: 'ETHUSDT' })], leave: () => true }] }),
      'column ETHUSDT:rv',
    ],
    ['another symbol in a level', bracketOf({ trailing: { distance: column('rv', { symbol: 'ETHUSDT' }) } }), 'column ETHUSDT:rv'],
    ['another symbol in a target position', strategyOf({ kind: 'target', position: column('rv', { symbol: 'ETHUSDT' }) }), 'column ETHUSDT:rv'],
    [
      'another symbol in a decision',
      strategyOf({ kind: 'decide', reads: [column('rv', { symbol: 'ETHUSDT' })], decide: () => 0 }),
      'column ETHUSDT:rv',
    ],
  ])('%s', (_what, strategy, part) => {
    expect(refusal(strategy)).toMatchObject({
      code: 'E_INTENT_UNSUPPORTED',
      message: `accounting screen cannot resolve ${part} of strategy under_test`,
    });
  });

  it('and accepts market orders, one whole target and its own symbol', () => {
    expect(refusal(bracketOf({ entry: { ...entry, order: { type: 'market' } }, stop, targets: [{ riskMultiple: 1, fraction: 1 }] }))).toBeNull();
    expect(refusal(breakout)).toBeNull();
    expect(refusal(wantStrategy)).toBeNull();
  });

  it('and a cool-down that changes from bar to bar', () => {
    expect(() => screen.check(bracketOf({ limits: { cooldownBars: column('x') } }))).toThrow(/not a column/);
    const rest = new NumberExpression({ op: 'param', name: 'rest' });
    expect(refusal(bracketOf({ limits: { cooldownBars: rest } }, { rest: integer(1, { min: 0, max: 5, help: '' }) }))).toBeNull();
  });
});

describe('a line of the screen', () => {
  it('is never evidence', () => {
    expect(screen.isEvidence).toBe(false);
  });

  it('is the same twice over, byte for byte', () => {
    const frame = wildFrame({ seed: 8, rows: 300, gapChance: 0.03, warmup: 2 });
    const params = { one_trade_per_day: false };
    expect(simulate(breakout, frame, { params })).toEqual(simulate(breakout, frame, { params }));
  });

  it('leaves its frame as it was', () => {
    const [frame, copy] = [
      wildFrame({ seed: 8, rows: 300, gapChance: 0.03, warmup: 2 }),
      wildFrame({ seed: 8, rows: 300, gapChance: 0.03, warmup: 2 }),
    ];
    simulate(breakout, frame, { profile: referenceProfile });
    expect(frame).toEqual(copy);
  });

  it('counts bars without return, forced flat, and without a feature that the strategy reads', () => {
    const frame = calmFrame(8, {
      1: { close: 111 },
      3: { gap: true },
      5: { rv_pct_2880: Number.NaN },
      6: { low_96: Number.NaN, high_96: Number.NaN },
    });
    expect(simulate(breakout, frame, { profile: referenceProfile }).diagnostics).toMatchObject({
      totalBars: 8,
      nanReturnBars: 3,
      forcedFlatBars: 2,
      missingFeatureBars: 3,
      blockedHeldBars: 3,
    });
  });

  it('counts as many blocked rows held as a position was carried over', () => {
    const frame = calmFrame(8, { 1: { close: 111 }, 3: { gap: true }, 5: { rv_pct_2880: Number.NaN } });
    expect(simulate(breakout, frame, { profile: standardProfile }).diagnostics).toMatchObject({
      forcedFlatBars: 0,
      nanReturnBars: 2,
      missingFeatureBars: 2,
      blockedHeldBars: 3,
    });
  });

  it('tells how much of it rests on flagged bars, the exit bar included and idle bars not', () => {
    const frame = { ...frameOf({ close: [100, 100, 110, 110, 110], want: [0, 1, 0, 0, 1] }), quality: Float64Array.of(1, 0, 4, 1, 0) };
    const { diagnostics } = simulate(wantStrategy, frame, { costBps: 10 });
    expect(diagnostics).toMatchObject({ flaggedBars: 1, flaggedTrades: 1 });
    expect(diagnostics.flaggedPnl).toBeCloseTo(0.1 - 0.001, 14);
    expect(diagnostics.flaggedTradesPnl).toBeCloseTo(0.1 - 0.002, 14);
  });

  it('says what the same decisions earn one bar later', () => {
    const frame = frameOf({ close: [100, 110, 121, 110], want: [0, 1, 0, 0] });
    const line = simulate(wantStrategy, frame, { costBps: 10 });
    const expected = [0, 0, -0.001, 110 / 121 - 1 - 0.001];
    line.delayedPnl[0]!.forEach((pnl, row) => expect(pnl).toBeCloseTo(expected[row]!, 15));
    expect(line.money.pnl[2]).toBeCloseTo(0.1 - 0.001, 14);
  });

  it('says so for every trade of a bracket', () => {
    const frame = frameOf({ close: [100, 101, 102, 103, 104, 105, 106], go: [1, 0, 0, 1, 1, 1, 1] });
    const late = simulate(bracketOf({ maxHoldBars: 2 }), frame, { costBps: 0 }).delayedPnl[0]!;
    const held = [0, 0, 1, 1, 0, 1, 1];
    late.forEach((pnl, row) =>
      expect(pnl).toBeCloseTo(held[row] === 0 ? 0 : frame.columns['close']![row]! / frame.columns['close']![row - 1]! - 1, 15),
    );
  });
});
