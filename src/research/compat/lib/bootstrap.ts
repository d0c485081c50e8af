import { meanInterval } from '../../../stats/bootstrap/interval.ts';
import { stationaryResamples } from '../../../stats/bootstrap/resamples.ts';
import { finiteOf } from './sample.ts';

export interface BootstrapOptions {
  readonly draws: number;
  /** Name of the random stream. */
  readonly stream: string;
}

/** Mean of the finite values and where 95 % of its resampled means lie; NaN for no values. */
export interface BootstrapMean {
  readonly n: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The reference's interval: events resampled one by one, as if independent (weakness S-23).
 *
 * @param values one per event, read only
 * @source       research specification section 2
 */
export function bootstrapMean(values: ArrayLike<number>, { draws, stream }: BootstrapOptions): BootstrapMean {
  const sample = finiteOf(values);
  if (sample.length === 0) return { n: 0, mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const { mean, percentile } = meanInterval(sample, stationaryResamples(sample.length, { meanBlock: 1, draws, stream }), 0.05);
  return { n: sample.length, mean: mean!, low: percentile![0], high: percentile![1] };
}
