/**
 * Markets and frames for look-ahead experiments: how to cut their future off, and how to replace it by noise. The experiment
 * itself is the product's.
 *
 * @source statistics specification 14
 */
import { nextNormal, nextUniform, type RandomState } from '../../src/core/random.ts';
import type { Frame } from '../../src/engine/frame.ts';

export { chooseCuts, type Experiment, findLeaks, type Leak, leakingColumns } from '../../src/stats/lookahead.ts';

/** Columns beside a mark of their gap rows: what features are computed from. */
export interface MarketInput {
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly isGap: Uint8Array;
}

export function truncateMarket({ columns, isGap }: MarketInput, rows: number): MarketInput {
  return { columns: mapColumns(columns, (values) => values.slice(0, rows)), isGap: isGap.slice(0, rows) };
}

/** Times stay; every other value is scaled by noise, some become missing, some rows become gaps and some gaps rows. */
export function perturbMarket({ columns, isGap }: MarketInput, from: number, random: RandomState): MarketInput {
  const gaps = isGap.slice();
  for (let row = from; row < gaps.length; row++) gaps[row] = nextUniform(random) < 0.02 ? 1 : 0;
  const noisy = mapColumns(columns, (values, name) => {
    const out = values.slice();
    if (name === 'timestamp') return out;
    for (let row = from; row < out.length; row++) out[row] = nextUniform(random) < 0.02 ? Number.NaN : noise(out[row]!, random);
    return out;
  });
  return { columns: noisy, isGap: gaps };
}

export function truncateFrame(frame: Frame, rows: number): Frame {
  const market = truncateMarket(frame, rows);
  return { ...frame, ...market, rows, openTime: frame.openTime.slice(0, rows), fundingRate: frame.fundingRate.slice(0, rows) };
}

export function perturbFrame(frame: Frame, from: number, random: RandomState): Frame {
  const fundingRate = frame.fundingRate.slice();
  for (let row = from; row < frame.rows; row++) fundingRate[row] = 0.001 * nextNormal(random);
  return { ...frame, ...perturbMarket(frame, from, random), fundingRate };
}

function noise(value: number, random: RandomState): number {
  return (Number.isNaN(value) ? 50 : value) * Math.exp(0.3 * nextNormal(random));
}

function mapColumns(columns: Readonly<Record<string, Float64Array>>, change: (values: Float64Array, name: string) => Float64Array) {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, change(values, name)]));
}
