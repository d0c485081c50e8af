import { describe, expect, it } from 'vitest';
import { column } from '../../core/expression.ts';
import type { Strategy } from '../../core/intent.ts';
import type { Frame } from '../../engine/frame.ts';
import { overlayDocument } from '../../../test/support/overlayDocument.ts';
import { bindOverlays, plannedOverlays, requireFitting } from './overlayPlan.ts';

const rows = 8;
const frame: Frame = {
  symbol: 'BTCUSDT',
  rows,
  openTime: Float64Array.from({ length: rows }, (_, row) => Date.UTC(2023, 0, 1) + row * 900_000),
  columns: { close: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  isGap: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
  fundingRate: new Float64Array(rows),
};
const planned = (...documents: Parameters<typeof overlayDocument>[]) =>
  plannedOverlays({ config: { overlays: documents.map((document) => overlayDocument(...document)) }, features: new Map() });

describe('overlays of a run', () => {
  it('name the columns that their conditions read', () => {
    expect(planned(['rising', { condition: 'close > lag(close, 1)' }])[0]!.columns).toEqual(['close']);
    expect(plannedOverlays({ config: {}, features: new Map() })).toEqual([]);
  });

  it('act on the bars where their conditions hold, and on no gap', () => {
    const [bound] = bindOverlays(planned(['rising', { condition: 'close > 6' }]), frame);
    expect([...bound!.holds]).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    expect(bound).toMatchObject({ id: 'rising', conditionBars: 2, missingBars: 0 });
  });

  it('count every bar as missing, and act on none, where the run has no such data', () => {
    const [bound] = bindOverlays(planned(['crowded', { condition: 'open_interest > 0' }]), frame);
    expect(bound).toMatchObject({ conditionBars: 0, missingBars: rows });
    expect([...bound!.holds]).toEqual(Array.from({ length: rows }, () => 0));
  });

  it('are refused when their parent study is not the one that they were made with', () => {
    const parent = { study: 'shocks', version: 1, digest: '0'.repeat(64), verdict: null };
    expect(() => planned(['orphan', { condition: 'event.age < 4', parent }])).toThrow(/overlay orphan, rule.parent: the run has no study shocks/);
  });

  it('are refused on a strategy of positions when they enter without its signal', () => {
    const wanting = { id: 'wanting', intent: { kind: 'target', position: column('close') } } as unknown as Strategy;
    const overlays = (onSignalLost: 'drop' | 'enter') =>
      planned(['late', { effect: { kind: 'delay', bars: 4, onSignalLost } }]).map(({ overlay }) => overlay);
    expect(() => requireFitting(overlays('enter'), [wanting])).toThrow(/wanting names positions/);
    expect(() => requireFitting(overlays('drop'), [wanting])).not.toThrow();
  });
});
