import { AppError } from '../../core/errors.ts';
import { chiSquareTail } from '../calibration/chiSquare.ts';
import { requireSubjects, type Subjects } from './survivalCurve.ts';

export interface LogRankSubjects extends Subjects {
  /** [subjects] 1 for the group of interest (events), 0 for the other (controls). */
  readonly isFirst: ArrayLike<number>;
  /** [subjects] stratum, for example the matched set; compared inside strata only; default: one stratum. */
  readonly stratum?: ArrayLike<number>;
}

export interface LogRank {
  /** Hits of the first group. */
  readonly observed: number;
  /** Hits it would have with the hazards of both groups together. */
  readonly expected: number;
  readonly variance: number;
  /** Positive when the first group is hit sooner. */
  readonly z: number | null;
  readonly chiSquare: number | null;
  readonly pTwoSided: number | null;
}

/**
 * Do two groups have the same hazard at every age? Observed against expected hits of the first, summed over ages and strata.
 *
 * @param subjects read only
 * @returns        null statistics when no age of no stratum can tell the groups apart
 * @throws E_INTERNAL on ages that are not whole or columns of unequal length
 * @source Mantel 1966; Peto & Peto 1972
 */
export function logRank(subjects: LogRankSubjects): LogRank {
  requireSubjects(subjects);
  const { exit, isFirst, stratum } = subjects;
  if (isFirst.length !== exit.length || (stratum !== undefined && stratum.length !== exit.length)) {
    throw new AppError('E_INTERNAL', { problem: 'columns of subjects differ in length' });
  }
  const strata = new Map<number, number[]>();
  for (let i = 0; i < exit.length; i++) {
    const rows = strata.get(stratum?.[i] ?? 0);
    if (rows === undefined) strata.set(stratum?.[i] ?? 0, [i]);
    else rows.push(i);
  }
  const total = { observed: 0, expected: 0, variance: 0 };
  for (const rows of strata.values()) addStratum(subjects, rows, total);
  const { observed, expected, variance } = total;
  if (!(variance > 0)) return { ...total, z: null, chiSquare: null, pTwoSided: null };
  const z = (observed - expected) / Math.sqrt(variance);
  return { ...total, z, chiSquare: z * z, pTwoSided: chiSquareTail(z * z, 1) };
}

function addStratum(
  { exit, isHit, entry, isFirst }: LogRankSubjects,
  rows: readonly number[],
  total: { observed: number; expected: number; variance: number },
): void {
  const hitAges = new Set(rows.filter((i) => isHit[i] === 1 && exit[i]! > (entry?.[i] ?? 0)).map((i) => exit[i]!));
  for (const age of [...hitAges].sort((a, b) => a - b)) {
    let [n, nFirst, d, dFirst] = [0, 0, 0, 0];
    for (const i of rows) {
      if ((entry?.[i] ?? 0) >= age || exit[i]! < age) continue;
      const first = isFirst[i]!;
      n++;
      nFirst += first;
      if (isHit[i] !== 1 || exit[i] !== age) continue;
      d++;
      dFirst += first;
    }
    total.observed += dFirst;
    total.expected += (d * nFirst) / n;
    if (n > 1) total.variance += (d * (nFirst / n) * (1 - nFirst / n) * (n - d)) / (n - 1);
  }
}
