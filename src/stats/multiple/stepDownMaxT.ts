import { AppError } from '../../core/errors.ts';

export interface MaxTOptions {
  /** `greater`: large statistics speak against the null; `less`: small ones; `different`: both. */
  readonly side: 'greater' | 'less' | 'different';
}

/**
 * P-values adjusted for a family of tests by its own dependence: each statistic is compared with the largest, in every shared draw, among the tests
 * not yet passed, in order of size. Draws must come from one null for all tests (shared resamples or shared placebo dates).
 *
 * @param observed [tests] comparable (studentized) statistics; NaN where a test is undefined and so no part of the family, read only
 * @param draws    [draws][tests] the statistics under the null, row by row; NaN where undefined in a draw, which then counts as no extreme, read only
 * @param options  which direction counts
 * @returns        [tests] (1 + count)/(draws + 1), rising with falling statistic; NaN for undefined tests
 * @throws E_INTERNAL when `draws` is no whole number of rows
 * @source Westfall & Young 1993; Romano & Wolf 2005
 */
export function stepDownMaxT(observed: ArrayLike<number>, draws: ArrayLike<number>, { side }: MaxTOptions): Float64Array {
  const tests = observed.length;
  const rows = tests === 0 ? 0 : draws.length / tests;
  if (!Number.isInteger(rows)) throw new AppError('E_INTERNAL', { problem: `${draws.length} draws are no whole number of rows of ${tests} tests` });
  const extremity = { greater: (t: number) => t, less: (t: number) => -t, different: Math.abs }[side];
  const size = Float64Array.from(observed, extremity);
  const rising = Array.from(size.keys())
    .filter((test) => !Number.isNaN(size[test]!))
    .sort((a, b) => size[a]! - size[b]! || b - a);
  const exceeding = new Int32Array(tests);
  for (let row = 0; row < rows; row++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (const test of rising) {
      const drawn = extremity(draws[row * tests + test]!);
      if (drawn > largest) largest = drawn;
      exceeding[test]! += +(largest >= size[test]!);
    }
  }
  const adjusted = new Float64Array(tests).fill(Number.NaN);
  let running = 0;
  for (const test of rising.toReversed()) {
    running = Math.max(running, (exceeding[test]! + 1) / (rows + 1));
    adjusted[test] = running;
  }
  return adjusted;
}
