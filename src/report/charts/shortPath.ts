/**
 * The same polyline in relative steps, which are shorter to write: `M64 10L66.5 10L69 12.5` becomes `M64 10h2.5l2.5 2.5`.
 * Steps are between the written points, so that nothing adds up. Other paths, and those that would get longer, come back
 * as they are.
 *
 * @param path value of a `d` attribute
 */
export function shortPath(path: string): string {
  if (!/^M-?[\d.]+ -?[\d.]+(?:L-?[\d.]+ -?[\d.]+){2,}Z?$/.test(path)) return path;
  const isClosed = path.endsWith('Z');
  const [first, ...rest] = path.slice(1, isClosed ? -1 : undefined).split('L');
  let [x, y] = tenths(first!);
  let [short, last] = [`M${x / 10} ${y / 10}`, ''];
  for (const point of rest) {
    const [nextX, nextY] = tenths(point);
    const step = stepOf(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
    if (step === '') continue;
    // A command that repeats is not written again, but for its numbers to stay apart.
    const isRepeated = step[0] === last && step[0] === 'l';
    short += isRepeated ? (step[1] === '-' ? step.slice(1) : ` ${step.slice(1)}`) : step;
    last = step[0]!;
  }
  if (isClosed) short += 'Z';
  return short.length < path.length ? short : path;
}

/** Drawings are written to a tenth of a pixel. */
function tenths(point: string): [x: number, y: number] {
  return point.split(' ').map((value) => Math.round(Number(value) * 10)) as [number, number];
}

function stepOf(dx: number, dy: number): string {
  if (dx === 0 && dy === 0) return '';
  if (dy === 0) return `h${decimal(dx)}`;
  return dx === 0 ? `v${decimal(dy)}` : `l${decimal(dx)}${dy < 0 ? '' : ' '}${decimal(dy)}`;
}

/** Tenths as decimal text without a leading zero: -3 is `-.3`. */
function decimal(value: number): string {
  return String(value / 10).replace(/^(-?)0\./, '$1.');
}
