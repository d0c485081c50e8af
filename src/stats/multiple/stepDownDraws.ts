import { summarizeDraws } from '../events/placebo.ts';
import { stepDownMaxT } from './stepDownMaxT.ts';

/**
 * Step-down adjusted p-values of a family of effects measured on the same null draws, each effect in standard deviations of its own draws.
 *
 * @param observed [effects] null where one cannot be told
 * @param draws    [effects][draws] the same draw across effects, NaN where it gave nothing, read only; draws that gave nothing at all do not count
 * @returns        [effects] null for an effect that is null or whose draws do not vary
 * @source Romano & Wolf 2005; Westfall & Young 1993
 */
export function stepDownDraws(observed: readonly (number | null)[], draws: readonly Float64Array[]): (number | null)[] {
  const tests = observed.flatMap((value, i) => {
    const { mean, sd } = summarizeDraws(draws[i]!);
    return value === null || mean === null || sd === null || !(sd > 0) ? [] : [{ i, size: (value - mean) / sd, mean, sd }];
  });
  const rows: number[] = [];
  for (let draw = 0; draw < (draws[0]?.length ?? 0); draw++) {
    const row = tests.map(({ i, mean, sd }) => (draws[i]![draw]! - mean) / sd);
    if (row.some((size) => !Number.isNaN(size))) rows.push(...row);
  }
  const adjusted = stepDownMaxT(
    tests.map(({ size }) => size),
    rows,
    { side: 'different' },
  );
  const all: (number | null)[] = observed.map(() => null);
  tests.forEach(({ i }, test) => (all[i] = adjusted[test]!));
  return all;
}
