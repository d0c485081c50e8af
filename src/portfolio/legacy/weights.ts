import { AppError } from '../../core/errors.ts';

/** The reference's allocation modes. For comparison only: what is wrong with them is listed in docs/portfolio.md. */
export const legacyModes = ['equal_risk', 'score_weighted', 'constrained_optimizer'] as const;
export type LegacyMode = (typeof legacyModes)[number];

/** Ceiling of a weight and of the sum of weights. */
export interface LegacyCaps {
  readonly weightMax: number;
  readonly grossMax: number;
}

/** What the reference believes at a bar, per bar and per edge, without shrinkage or decay. */
export interface LegacyMoments {
  /** [edges] */
  readonly mean: Float64Array;
  /** [edges]; an edge that did not move has 1e-6 when it comes from history. */
  readonly deviation: Float64Array;
  /** [edges * edges], row by row; null stands for an empty one. */
  readonly covariance: Float64Array | null;
}

const steps = 60;
const stepSize = 0.05;
const riskAversion = 5;

/**
 * Weights of one mode.
 *
 * @throws E_CONFIG for a mode that the reference does not know
 * @source governance specification 9.3, 9.4
 */
export function legacyWeights(mode: string, moments: LegacyMoments, settings: LegacyCaps & { readonly returnTilt: number }): Float64Array {
  if (mode === 'equal_risk') return equalRisk(moments, settings);
  if (mode === 'score_weighted') return scoreWeighted(moments, settings);
  if (mode === 'constrained_optimizer') return constrainedOptimizer(moments, settings);
  throw new AppError('E_CONFIG', {
    where: 'allocation modes',
    problem: `unsupported allocation mode ${mode}`,
    remedy: `Use ${legacyModes.join(', ')}.`,
  });
}

/** Clips each weight and scales the sum down; what clipping takes is not handed on. */
function capAndScale(values: Float64Array, { weightMax, grossMax }: LegacyCaps): Float64Array {
  const clipped = values.map((value) => Math.min(weightMax, Math.max(0, value)));
  const total = sum(clipped);
  return total > grossMax ? clipped.map((value) => value * (grossMax / total)) : clipped;
}

function equalRisk({ deviation }: LegacyMoments, caps: LegacyCaps): Float64Array {
  const inverse = deviation.map((value) => finiteOr0(1 / value));
  const raw = inverse.every((value) => value === 0) ? inverse.fill(1) : inverse;
  const total = sum(raw);
  return capAndScale(
    raw.map((value) => value / total),
    caps,
  );
}

function scoreWeighted(moments: LegacyMoments, settings: LegacyCaps & { readonly returnTilt: number }): Float64Array {
  const base = equalRisk(moments, settings);
  const scores = moments.mean.map((value, e) => finiteOr0(Math.max(value, 0) / moments.deviation[e]!));
  const total = sum(scores);
  const tilted = total > 0 ? scores.map((score) => score / total) : base;
  const { returnTilt } = settings;
  return capAndScale(
    base.map((weight, e) => (1 - returnTilt) * weight + returnTilt * tilted[e]!),
    settings,
  );
}

/** Sixty fixed steps up the mean-variance objective, clipped after each. */
function constrainedOptimizer(moments: LegacyMoments, settings: LegacyCaps & { readonly returnTilt: number }): Float64Array {
  const { mean, covariance } = moments;
  let weights = scoreWeighted(moments, settings);
  if (covariance === null) return weights;
  const n = weights.length;
  for (let step = 0; step < steps; step++) {
    const at = weights;
    weights = capAndScale(
      at.map((weight, i) => {
        let risk = 0;
        for (let j = 0; j < n; j++) risk += covariance[i * n + j]! * at[j]!;
        return weight + stepSize * (mean[i]! - riskAversion * risk);
      }),
      settings,
    );
  }
  return capAndScale(weights, settings);
}

function finiteOr0(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
