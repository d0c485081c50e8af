import type { LegacyEdge } from './runLegacy.ts';

/** An edge of the reference's portfolio with the returns of each symbol. */
export interface LegacyEdgePaths extends LegacyEdge {
  /** Per symbol [bars]. */
  readonly pnl: readonly Float64Array[];
}

/**
 * What an edge earns at one unit per symbol, without funding: the reference's portfolio leaves it out.
 *
 * @param positions    per symbol [bars] -1, 0 or 1 decided at the close, read only
 * @param priceReturns per symbol [bars] close to close, NaN where undefined: the position is flat there and nothing is earned or paid
 * @formula pnl_t = p_{t-1} r_t - |p_t - p_{t-1}| cost; the edge's return is the sum over symbols
 * @source governance specification 8
 */
export function legacyEdge(
  id: string,
  paths: { readonly positions: readonly ArrayLike<number>[]; readonly priceReturns: readonly Float64Array[] },
  costFraction: number,
): LegacyEdgePaths {
  const positions = paths.positions.map((column, s) =>
    Float64Array.from(column, (value, bar) => (Number.isNaN(paths.priceReturns[s]![bar]!) ? 0 : value)),
  );
  const pnl = positions.map((column, s) =>
    column.map((position, bar) => {
      const move = paths.priceReturns[s]![bar]!;
      const before = bar === 0 ? 0 : column[bar - 1]!;
      return Number.isNaN(move) ? 0 : before * move - Math.abs(position - before) * costFraction;
    }),
  );
  const returns = Float64Array.from(pnl[0] ?? [], (_, bar) => pnl.reduce((sum, column) => sum + column[bar]!, 0));
  return { id, positions, pnl, returns };
}
