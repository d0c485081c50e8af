import { describe, expect, it } from 'vitest';
import { binomialTail } from '../../stats/calibration/binomial.ts';
import { type CertifiedSubject, falseApprovalsOf, judgedCells, type PowerCurve, smallestDetectable } from './model.ts';

const subject = (id: string, ...approved: number[]): CertifiedSubject => ({
  id,
  version: 1,
  digest: '',
  falseApprovals: approved.map((hits, at) => falseApprovalsOf(at === 0 ? 'student_t' : 'garch', { n: 200, approved: hits, inconclusive: 0 })),
  reference: [],
  power: null,
});

describe('false approvals', () => {
  it('carry an exact interval that holds the rate', () => {
    const { interval } = falseApprovalsOf('garch', { n: 200, approved: 10, inconclusive: 3 });
    expect(interval.low).toBeLessThan(0.05);
    expect(interval.high).toBeGreaterThan(0.05);
    expect(falseApprovalsOf('garch', { n: 0, approved: 0, inconclusive: 0 }).interval).toEqual({ low: 0, high: 1 });
  });

  it('are judged against one bound for all combinations, the smallest that chance hardly exceeds anywhere', () => {
    const cells = judgedCells({ alpha: 0.05, studies: [subject('shock', 3, 31), subject('breakout', 6, 4)], policies: [subject('throttle', 0, 1)] });
    expect(cells).toHaveLength(6);
    for (const { bound } of cells) {
      expect(cells.length * binomialTail(bound + 1, 200, 0.05)).toBeLessThanOrEqual(0.05);
      expect(cells.length * binomialTail(bound, 200, 0.05)).toBeGreaterThan(0.05);
    }
    expect(cells.filter(({ isWithin }) => !isWithin).map(({ id, counts }) => `${id} ${counts.generator}`)).toEqual(['shock garch']);
    expect(judgedCells({ alpha: 0.05, studies: [], policies: [] })).toEqual([]);
  });
});

describe('the smallest detectable effect', () => {
  const curve = (...found: number[]): PowerCurve => ({
    generator: 'garch',
    planted: 'drift',
    unit: 'part of the price',
    smallest: 12,
    points: found.map((hits, at) => ({ size: 10 * at, bps: 10 * at, effect: null, n: 100, found: hits, inconclusive: 0 })),
  });

  it('is the smallest planted size from which on every larger one was found', () => {
    expect(smallestDetectable(curve(3, 40, 82, 95))?.size).toBe(20);
    expect(smallestDetectable(curve(3, 85, 60, 95))?.size).toBe(30);
    expect(smallestDetectable(curve(3, 40, 82, 95), 0.9)?.size).toBe(30);
  });

  it('is none where no size was found often enough', () => {
    expect(smallestDetectable(curve(3, 85, 60))).toBeNull();
    expect(smallestDetectable(curve())).toBeNull();
  });
});
