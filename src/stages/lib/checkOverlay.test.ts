import { describe, expect, it } from 'vitest';
import { overlayDocument } from '../../../test/support/overlayDocument.ts';
import { defineFeature, type Feature } from '../../core/define.ts';
import { openRegistry } from '../../registry/discover.ts';
import { checkOverlay } from './checkOverlay.ts';
import { checkMarket } from './checkStrategy.ts';

const builtIn = await openRegistry().loadAll<Feature>('feature');
const options = { bars: checkMarket(), cuts: { count: 1, tail: 2 } };
const verdicts = (condition: string, more: readonly Feature[] = []) => {
  const features = new Map([...builtIn, ...more.map((feature): [string, Feature] => [feature.id, feature])]);
  const checks = checkOverlay(overlayDocument('quiet', { condition }), { features, parents: [] }, options);
  return Object.fromEntries(checks.map(({ check, verdict, detail }) => [check, `${verdict}: ${detail}`]));
};
const mine = (warmup: number, compute: (close: Float64Array, out: Float64Array) => void) =>
  defineFeature({ id: 'mine', summary: '', formula: '', inputs: ['close'], warmup, compute: ([close], [out]) => compute(close!, out!) });

describe('checking an overlay', () => {
  it('passes one that reads what is known at its bar', () => {
    expect(verdicts('rv_96 > 0.01 and hour() < 12')).toEqual({
      'look-ahead': expect.stringMatching(/^pass: everything unchanged at \d+ cuts/) as string,
      'warm-up': expect.stringMatching(/^pass: \d+ features/) as string,
    });
  });

  it('finds bars on which it acts because of what comes after them', () => {
    const leak = mine(0, (close, out) => close.forEach((price, row) => (out[row] = (close[row + 1] ?? Number.NaN) - price)));
    expect(verdicts('mine > 0', [leak])['look-ahead']).toMatch(/^fail: the future shows in mine(, overlay quiet)?: /);
  });

  it('finds a warm-up that is declared too short', () => {
    const late = mine(3, (close, out) => close.forEach((price, row) => (out[row] = row < 50 ? Number.NaN : price)));
    expect(verdicts('mine > 0', [late])['warm-up']).toMatch(/^fail: mine is /);
  });
});
