/** Positions of one line as stretches of one size, in time order; between them the line is flat. Parallel arrays. */
export interface PositionPath {
  readonly count: number;
  /** Row at whose close the stretch begins. */
  readonly from: Int32Array;
  /** Row at whose close it is over; the number of rows when it lasts to the end. */
  readonly to: Int32Array;
  /** Position, not 0. */
  readonly position: Float64Array;
}

/** A path that is written trade by trade, its memory used again for the next one. */
export class PathBuilder implements PositionPath {
  count = 0;
  from = new Int32Array(256);
  to = new Int32Array(256);
  position = new Float64Array(256);

  clear(): void {
    this.count = 0;
  }

  /** Adds a stretch; one of no size leaves none. */
  add(from: number, to: number, position: number): void {
    if (position === 0) return;
    if (this.count === this.from.length) this.#grow();
    const at = this.count++;
    this.from[at] = from;
    this.to[at] = to;
    this.position[at] = position;
  }

  #grow(): void {
    const size = 2 * this.from.length;
    const copy = <T extends Int32Array | Float64Array>(next: T, old: T): T => (next.set(old), next);
    this.from = copy(new Int32Array(size), this.from);
    this.to = copy(new Int32Array(size), this.to);
    this.position = copy(new Float64Array(size), this.position);
  }
}

/** A path in memory of its own. */
export function copyPath({ count, from, to, position }: PositionPath): PositionPath {
  return { count, from: from.slice(0, count), to: to.slice(0, count), position: position.slice(0, count) };
}

/** The stretches of positions [rows], of rows from..to-1 only where told; a stretch that is held at `to` - 1 ends at `to`. */
export function pathOfPositions(positions: Float64Array, { from = 0, to = positions.length }: { from?: number; to?: number } = {}): PositionPath {
  const path = new PathBuilder();
  let start = from;
  for (let row = from + 1; row <= to; row++) {
    if (row < to && positions[row] === positions[start]) continue;
    path.add(start, row, positions[start]!);
    start = row;
  }
  return path;
}

/** Rows of from..to-1 on which two paths hold different positions. */
export function differingRows(a: PositionPath, b: PositionPath, { from, to }: { readonly from: number; readonly to: number }): number {
  let [i, j, row, rows] = [0, 0, from, 0];
  while (row < to) {
    while (i < a.count && a.to[i]! <= row) i++;
    while (j < b.count && b.to[j]! <= row) j++;
    const [ownStart, otherStart] = [i < a.count ? a.from[i]! : to, j < b.count ? b.from[j]! : to];
    const [own, other] = [ownStart <= row ? a.position[i]! : 0, otherStart <= row ? b.position[j]! : 0];
    const next = Math.min(to, ownStart <= row ? Math.min(to, a.to[i]!) : ownStart, otherStart <= row ? Math.min(to, b.to[j]!) : otherStart);
    if (own !== other) rows += next - row;
    row = next;
  }
  return rows;
}

/** Stretches of a path that begin in from..to-1 and are not, as they are, in another one. */
export function changedStretches(path: PositionPath, other: PositionPath, { from, to }: { readonly from: number; readonly to: number }): number {
  let [j, changed] = [0, 0];
  for (let i = 0; i < path.count; i++) {
    const start = path.from[i]!;
    if (start < from || start >= to) continue;
    while (j < other.count && other.from[j]! < start) j++;
    const isSame = j < other.count && other.from[j] === start && other.to[j] === path.to[i] && other.position[j] === path.position[i];
    if (!isSame) changed++;
  }
  return changed;
}
