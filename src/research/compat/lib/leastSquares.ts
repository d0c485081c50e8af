/** Rotations sweep until nothing off the diagonal is left; a handful of sweeps suffices. */
const sweeps = 64;
/** Directions with less than this share of the largest eigenvalue are taken as absent. */
const rankTolerance = 1e-12;

/**
 * Least-squares coefficients; the shortest of them where columns depend on each other, so that an absent column gets 0.
 *
 * @param rows    [n][k] regressors, read only
 * @param targets [n], read only
 * @returns       [k]
 * @formula pinv(X'X) X'y, by Jacobi rotations
 * @source standard definition
 */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const size = rows[0]?.length ?? 0;
  const gram = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
  const moment = Array.from({ length: size }, (_, i) => rows.reduce((sum, row, n) => sum + row[i]! * targets[n]!, 0));
  const { values, vectors } = symmetricEigen(gram);
  const floor = Math.max(0, ...values) * rankTolerance;
  const weights = values.map((value, e) => (value > floor ? moment.reduce((sum, part, i) => sum + vectors[i]![e]! * part, 0) / value : 0));
  return moment.map((_, i) => weights.reduce((sum, weight, e) => sum + vectors[i]![e]! * weight, 0));
}

/** Eigenvalues, and eigenvectors as columns, of a symmetric matrix (changed in place). */
function symmetricEigen(matrix: number[][]) {
  const vectors = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = false;
    for (let p = 0; p < matrix.length; p++) for (let q = p + 1; q < matrix.length; q++) moved = rotate(matrix, vectors, [p, q]) || moved;
    if (!moved) break;
  }
  return { values: matrix.map((row, i) => row[i]!), vectors };
}

/** Turns two axes so that their product vanishes; false where it does already. */
function rotate(matrix: number[][], vectors: number[][], [p, q]: readonly [number, number]): boolean {
  const product = matrix[p]![q]!;
  if (Math.abs(product) <= Number.EPSILON * Math.sqrt(Math.abs(matrix[p]![p]! * matrix[q]![q]!))) return false;
  const ratio = (matrix[q]![q]! - matrix[p]![p]!) / (2 * product);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  const turn = (left: number, right: number) => [cosine * left - sine * right, sine * left + cosine * right] as const;
  for (const row of [...matrix, ...vectors]) [row[p], row[q]] = turn(row[p]!, row[q]!);
  for (let k = 0; k < matrix.length; k++) [matrix[p]![k], matrix[q]![k]] = turn(matrix[p]![k]!, matrix[q]![k]!);
  return true;
}
