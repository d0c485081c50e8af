import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortPath } from './shortPath.ts';

/** Points of a path of M, L, l, h, v and Z, as a browser reads it. */
function pointsOf(path: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, text] of path.matchAll(/([MLlhv])([^MLlhvZ]*)/g)) {
    const numbers = [...text!.matchAll(/-?(?:\d+\.?\d*|\.\d+)/g)].map(Number);
    for (let at = 0; at < numbers.length;) {
      if (command === 'h') x += numbers[at++]!;
      else if (command === 'v') y += numbers[at++]!;
      else if (command === 'l') [x, y] = [x + numbers[at++]!, y + numbers[at++]!];
      else [x, y] = [numbers[at++]!, numbers[at++]!];
      points.push([Math.round(x * 10) / 10 + 0, Math.round(y * 10) / 10 + 0]);
    }
  }
  return points;
}

describe('shortPath', () => {
  it('writes steps, flat ones shorter still', () => {
    expect(shortPath('M64 10L66.5 10L69 12.5L71.5 12L71.5 3Z')).toBe('M64 10h2.5l2.5 2.5 2.5-.5v-9Z');
  });

  it('draws the same points and is never longer', () => {
    const coordinate = fc.integer({ min: -200, max: 9200 }).map((value) => value / 10);
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 30 }), fc.boolean(), (points, isClosed) => {
        const path = `M${points.map((point) => point.join(' ')).join('L')}${isClosed ? 'Z' : ''}`;
        const distinct = points.filter((point, at) => at === 0 || point[0] !== points[at - 1]![0] || point[1] !== points[at - 1]![1]);
        if (shortPath(path) !== path) expect(pointsOf(shortPath(path))).toEqual(distinct.map(([x, y]) => [x + 0, y + 0]));
        expect(shortPath(path).endsWith('Z')).toBe(isClosed);
        expect(shortPath(path).length).toBeLessThanOrEqual(path.length);
      }),
    );
  });

  it('leaves curves, relative paths and single lines alone', () => {
    for (const path of ['M1 2L3 4', 'M75 315l6 0l0 10l-6 0Z', 'M1 2C3 4 5 6 7 8L9 9L1 1', 'M1 2A3 3 0 0 1 4 4']) expect(shortPath(path)).toBe(path);
  });
});
