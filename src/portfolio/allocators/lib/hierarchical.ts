import { sumOver } from '../../../stats/sums.ts';

/** Weights of hierarchical risk parity and the tree behind them. */
export interface HierarchicalWeights {
  /** [edges], positive, summing to 1. */
  readonly weights: Float64Array;
  /** Per merge the two clusters, the smaller number first, and their distance. Edges are clusters 0 to n-1, merge k makes cluster n+k. */
  readonly merges: readonly (readonly [number, number, number])[];
  readonly leafOrder: readonly number[];
}

/**
 * Hierarchical risk parity: clusters by correlation, halves the ordered list again and again and splits weight by inverse variance.
 *
 * @param covariance [edges * edges] with positive variances, row by row, read only
 * @formula distance sqrt((1 - rho) / 2), Euclidean distance between its columns, single linkage (ties: lowest cluster numbers),
 *          bisection at floor(length / 2), inverse-variance weights inside each half
 * @source Lopez de Prado 2016
 * @vector allocation.hrp
 */
export function hierarchicalWeights(covariance: Float64Array): HierarchicalWeights {
  const n = Math.sqrt(covariance.length);
  const merges = singleLinkage(columnDistances(covariance, n), n);
  const leafOrder = merges.length === 0 ? [...Array(n).keys()] : leavesOf(n + merges.length - 1, merges, n);
  const weights = new Float64Array(n).fill(1);
  const parts: (readonly number[])[] = [leafOrder];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length < 2) continue;
    const middle = Math.floor(part.length / 2);
    const [left, right] = [part.slice(0, middle), part.slice(middle)];
    const [risk, otherRisk] = [clusterVariance(covariance, left, n), clusterVariance(covariance, right, n)];
    for (const edge of left) weights[edge]! *= otherRisk / (risk + otherRisk);
    for (const edge of right) weights[edge]! *= risk / (risk + otherRisk);
    parts.push(left, right);
  }
  return { weights, merges, leafOrder };
}

/** [edges * edges] Euclidean distances between the columns of the correlation distance. */
function columnDistances(covariance: Float64Array, n: number): Float64Array {
  const deviation = Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i]!));
  const distance = covariance.map((value, k) => {
    const correlation = value / (deviation[Math.floor(k / n)]! * deviation[k % n]!);
    return Math.sqrt(Math.max(0, 1 - correlation) / 2);
  });
  return distance.map((_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return Math.sqrt(sumOver(n, (row) => (distance[row * n + i]! - distance[row * n + j]!) ** 2));
  });
}

function singleLinkage(distances: Float64Array, n: number): (readonly [number, number, number])[] {
  const clusters = new Map<number, readonly number[]>(Array.from({ length: n }, (_, i) => [i, [i]]));
  const merges: (readonly [number, number, number])[] = [];
  while (clusters.size > 1) {
    let best: readonly [number, number, number] | null = null;
    const ids = [...clusters.keys()];
    for (const [at, a] of ids.entries()) {
      for (const b of ids.slice(at + 1)) {
        const distance = linkage(distances, n, [clusters.get(a)!, clusters.get(b)!]);
        if (best === null || distance < best[2]) best = [a, b, distance];
      }
    }
    const [a, b] = best!;
    clusters.set(n + merges.length, [...clusters.get(a)!, ...clusters.get(b)!]);
    clusters.delete(a);
    clusters.delete(b);
    merges.push(best!);
  }
  return merges;
}

function linkage(distances: Float64Array, n: number, [left, right]: readonly [readonly number[], readonly number[]]): number {
  let smallest = Infinity;
  for (const i of left) for (const j of right) smallest = Math.min(smallest, distances[i * n + j]!);
  return smallest;
}

function leavesOf(cluster: number, merges: HierarchicalWeights['merges'], n: number): number[] {
  if (cluster < n) return [cluster];
  const [left, right] = merges[cluster - n]!;
  return [...leavesOf(left, merges, n), ...leavesOf(right, merges, n)];
}

/** Variance of a cluster held at inverse-variance weights. */
function clusterVariance(covariance: Float64Array, edges: readonly number[], n: number): number {
  const inverse = edges.map((edge) => 1 / covariance[edge * n + edge]!);
  const total = sumOver(inverse.length, (i) => inverse[i]!);
  return sumOver(edges.length ** 2, (k) => {
    const [i, j] = [Math.floor(k / edges.length), k % edges.length];
    return (inverse[i]! / total) * (inverse[j]! / total) * covariance[edges[i]! * n + edges[j]!]!;
  });
}
