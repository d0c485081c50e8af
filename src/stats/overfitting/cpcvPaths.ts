import { AppError } from '../../core/errors.ts';
import { quantiles } from '../quantile.ts';
import { type Sharpe, sharpe } from '../sharpe.ts';
import type { Cpcv } from './cpcv.ts';

/** Sharpe ratios of the paths, as a distribution. */
export interface PathSharpes {
  /** [paths] in path order. */
  readonly paths: readonly Sharpe[];
  /** Median of the paths' annualized ratios; null when no path has one. */
  readonly median: number | null;
  /** Fifth percentile of the same. */
  readonly fifthPercentile: number | null;
  /** Paths without a ratio (no variance); they are in neither quantile. */
  readonly undefinedPaths: number;
}

/**
 * Out-of-sample returns of each path: for every fold, those of the split that tested it on this path.
 *
 * @param plan        made by `cpcv`
 * @param testReturns [splits] returns of what the split's training chose, one per observation of its `test`, read only
 * @returns           [paths] returns of all observations in time order
 * @throws E_INTERNAL when a split's returns do not fit its test
 * @source Lopez de Prado 2018, chapter 12
 * @vector overfitting.cpcv
 */
export function pathReturns(plan: Cpcv, testReturns: readonly ArrayLike<number>[]): Float64Array[] {
  requireReturns(plan, testReturns);
  const { foldBounds, splits, pathSplitPerFold } = plan;
  const rows = foldBounds.at(-1)![1] + 1;
  return pathSplitPerFold.map((splitOfFold) => {
    const path = new Float64Array(rows);
    for (const [fold, split] of splitOfFold.entries()) {
      const [first, last] = foldBounds[fold]!;
      const from = splits[split]!.test.indexOf(first);
      for (let t = first; t <= last; t++) path[t] = testReturns[split]![from + t - first]!;
    }
    return path;
  });
}

/**
 * Distribution of the Sharpe ratio over the paths: what a strategy would have earned, had it been chosen on other folds.
 *
 * @param plan           made by `cpcv`
 * @param testReturns    [splits] returns of what the split's training chose, one per observation of its `test`, read only
 * @param periodsPerYear of the observations
 * @throws E_INTERNAL when a split's returns do not fit its test, or on NaN
 * @source Lopez de Prado 2018, chapter 12
 * @vector overfitting.cpcv
 */
export function pathSharpes(plan: Cpcv, testReturns: readonly ArrayLike<number>[], periodsPerYear: number): PathSharpes {
  const paths = pathReturns(plan, testReturns).map((returns) => sharpe(returns, periodsPerYear));
  const known = paths.map(({ annualized }) => annualized).filter((ratio) => ratio !== null);
  const [fifthPercentile, median] = quantiles(known, [0.05, 0.5]);
  return { paths, median: median!, fifthPercentile: fifthPercentile!, undefinedPaths: paths.length - known.length };
}

function requireReturns({ splits }: Cpcv, testReturns: readonly ArrayLike<number>[]): void {
  if (testReturns.length !== splits.length) {
    throw new AppError('E_INTERNAL', { problem: `${splits.length} splits came with returns of ${testReturns.length}` });
  }
  for (const [index, { test }] of splits.entries()) {
    if (testReturns[index]!.length === test.length) continue;
    throw new AppError('E_INTERNAL', { problem: `split ${index} tests ${test.length} observations, but has ${testReturns[index]!.length} returns` });
  }
}
