import { AppError } from '../../core/errors.ts';
import { requireWhole } from '../requireWhole.ts';
import { choose, combinations } from './combinations.ts';
import type { IndexRange } from './walkForward.ts';

export interface CpcvPlan {
  /** Observations. */
  readonly n: number;
  readonly folds: number;
  /** Folds tested at a time. */
  readonly testFolds: number;
  /** Observation t is labeled by t..t + labelHorizon. */
  readonly labelHorizon: number;
  /** Observations after the labels of a test fold from which no training observation is taken. */
  readonly embargo: number;
}

export interface CpcvSplit {
  /** Folds tested, ascending. */
  readonly testFolds: readonly number[];
  /** Observations to train on, ascending; possibly none. */
  readonly train: Int32Array;
  /** Observations to test on, ascending. */
  readonly test: Int32Array;
}

/** Combinatorial purged cross-validation: every choice of test folds, and the paths through time that their tests make up. */
export interface Cpcv {
  readonly foldBounds: readonly IndexRange[];
  /** In lexicographic order of their test folds. */
  readonly splits: readonly CpcvSplit[];
  readonly pathCount: number;
  /** [path][fold] which split tested this fold of this path. */
  readonly pathSplitPerFold: readonly (readonly number[])[];
}

/**
 * Splits with purge and embargo, and the paths that cover all observations once each with tested folds.
 *
 * @throws E_INTERNAL on counts that are not whole, more folds than observations or more test folds than folds
 * @formula C(k, p) splits, C(k, p) p / k paths, k folds, p tested
 * @source Lopez de Prado 2018, chapters 7 and 12
 * @vector overfitting.cpcv
 */
export function cpcv(plan: CpcvPlan): Cpcv {
  requirePlan(plan);
  const { n, folds, testFolds } = plan;
  const foldBounds = equalFolds(n, folds);
  const choices = combinations(folds, testFolds);
  const splits = choices.map((tested) => splitOf(tested, foldBounds, plan));
  const pathCount = choose(folds - 1, testFolds - 1);
  const testsOfFold = foldBounds.map((_, fold) => [...choices.keys()].filter((split) => choices[split]!.includes(fold)));
  const pathSplitPerFold = Array.from({ length: pathCount }, (_, path) => testsOfFold.map((tests) => tests[path]!));
  return { foldBounds, splits, pathCount, pathSplitPerFold };
}

/** Contiguous folds as equal as possible, the earlier ones longer. */
function equalFolds(n: number, folds: number): IndexRange[] {
  const length = Math.floor(n / folds);
  const longer = n % folds;
  return Array.from({ length: folds }, (_, fold) => {
    const first = fold * length + Math.min(fold, longer);
    return [first, first + length - (fold < longer ? 0 : 1)] as const;
  });
}

/** The state of an observation in one split. */
const training = 0;
const left = 1;
const testing = 2;

function splitOf(tested: readonly number[], foldBounds: readonly IndexRange[], { n, labelHorizon, embargo }: CpcvPlan): CpcvSplit {
  const state = new Uint8Array(n);
  // A label t..t+h meets the fold's labels a..b+h from t = a-h on; the embargo goes on where they end.
  for (const fold of tested) {
    const [first, last] = foldBounds[fold]!;
    state.fill(left, Math.max(0, first - labelHorizon), last + labelHorizon + embargo + 1);
  }
  for (const fold of tested) state.fill(testing, foldBounds[fold]![0], foldBounds[fold]![1] + 1);
  return { testFolds: tested, train: indicesOf(state, training), test: indicesOf(state, testing) };
}

function indicesOf(state: Uint8Array, wanted: number): Int32Array {
  let count = 0;
  for (let t = 0; t < state.length; t++) count += +(state[t] === wanted);
  const indices = new Int32Array(count);
  for (let t = 0, next = 0; t < state.length; t++) if (state[t] === wanted) indices[next++] = t;
  return indices;
}

function requirePlan({ n, folds, testFolds, labelHorizon, embargo }: CpcvPlan): void {
  requireWhole(n, 'observations', 1);
  requireWhole(folds, 'folds', 1);
  requireWhole(testFolds, 'test folds', 1);
  requireWhole(labelHorizon, 'label horizon', 0);
  requireWhole(embargo, 'embargo', 0);
  if (folds > n) throw new AppError('E_INTERNAL', { problem: `${n} observations do not fill ${folds} folds` });
  if (testFolds > folds) throw new AppError('E_INTERNAL', { problem: `${testFolds} test folds are more than ${folds} folds` });
}
