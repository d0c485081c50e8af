import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedStream, nextIndex } from '../../core/random.ts';
import { matchQuality } from './balance.ts';
import type { MatchRows } from './candidates.ts';
import { matchControls, type MatchOptions } from './matchControls.ts';

const rowsOf = (bar: number[], covariate: number[], stratum: number[] = bar.map(() => 0)): MatchRows => ({
  bar,
  strata: [stratum],
  covariates: [covariate],
});
const options: MatchOptions = { controlsPerEvent: 2, exclusion: { before: 0, after: 0 } };
const chosen = (events: MatchRows, pool: MatchRows, more: Partial<MatchOptions> = {}) => matchControls(events, pool, { ...options, ...more });

describe('matchControls', () => {
  it('takes the nearest on the covariate, ties by distance in time, then the earlier', () => {
    const pool = rowsOf([90, 110, 130, 50, 95], [6, 4, 5.5, 4.5, 9]);
    expect([...chosen(rowsOf([100], [5]), pool, { controlsPerEvent: 4 }).controls]).toEqual([2, 3, 0, 1]);
  });

  it('stays inside the stratum and out of the windows of all events, ends included', () => {
    const pool = rowsOf([80, 89, 111, 112, 300, 301, 400], [1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 7]);
    const { controls } = chosen(rowsOf([100, 300], [1, 1]), pool, { controlsPerEvent: 2, exclusion: { before: 11, after: 11 } });
    expect([...controls]).toEqual([3, 0, 3, 0]);
    const family = chosen(rowsOf([100], [1]), pool, { exclusion: { bars: [301], before: 1, after: 0 } });
    expect([...family.controls]).toEqual([1, 2]);
  });

  it('lists events short of controls instead of dropping them, and uses nothing up for them', () => {
    const pool = rowsOf([10, 20], [0, 0]);
    const { controls, unmatched, reuse } = chosen(rowsOf([1, 2], [0, 9]), pool, { caliper: [1] });
    expect(unmatched).toEqual([1]);
    expect([...controls]).toEqual([0, 1, -1, -1]);
    expect([...reuse]).toEqual([1, 1]);
  });

  it('accepts fewer controls where that is allowed', () => {
    const { controls, distance, unmatched } = chosen(rowsOf([1], [0]), rowsOf([10], [0.5]), { fewestControls: 1 });
    expect([...controls]).toEqual([0, -1]);
    expect([...distance]).toEqual([0.5, Number.NaN]);
    expect(unmatched).toEqual([]);
  });

  it('serves earlier events first where reuse is limited', () => {
    const pool = rowsOf([10, 20, 30], [0, 1, 2]);
    const { controls, unmatched } = chosen(rowsOf([8, 5], [0, 0]), pool, { controlsPerEvent: 1, maxReuse: 1 });
    expect([...controls]).toEqual([1, 0]);
    expect(unmatched).toEqual([]);
    expect(chosen(rowsOf([8, 5], [0, 0]), pool, { maxReuse: 1 }).unmatched).toEqual([0]);
  });

  it('keeps the controls of one event apart, and near in time where asked', () => {
    const pool = rowsOf([10, 11, 30, 900], [0, 0.1, 0.2, 0.15]);
    expect([...chosen(rowsOf([5], [0]), pool, { minSeparationBars: 5 }).controls]).toEqual([0, 3]);
    expect([...chosen(rowsOf([5], [0]), pool, { minSeparationBars: 5, maxBarDistance: 100 }).controls]).toEqual([0, 2]);
  });

  it('fills up from the next rung of the ladder, with its own caliper', () => {
    const pool: MatchRows = {
      bar: [10, 20, 30, 40],
      strata: [
        [1, 2, 2, 2],
        [0, 0, 0, -1],
      ],
      covariates: [[0, 3, 1, 0]],
    };
    const event: MatchRows = { bar: [5], strata: [[1], [0]], covariates: [[0]] };
    const { controls, rung } = chosen(event, pool, { controlsPerEvent: 3, fewestControls: 1, caliper: [1, 2] });
    expect([...controls]).toEqual([0, 2, -1]);
    expect([...rung]).toEqual([0, 1, -1]);
  });

  it('measures several covariates by their common distance', () => {
    const pool: MatchRows = {
      bar: [1, 2, 3],
      strata: [[0, 0, 0]],
      covariates: [
        [0, 3, 1],
        [3, 0, 1],
      ],
    };
    const { controls, distance } = chosen({ bar: [9], strata: [[0]], covariates: [[0], [0]] }, pool, { fewestControls: 1, caliper: [2] });
    expect([...controls]).toEqual([2, -1]);
    expect(distance[0]).toBeCloseTo(Math.SQRT2, 15);
  });

  it('matches on strata alone by nearness in time', () => {
    const pool: MatchRows = { bar: [100, 7, 12], strata: [[0, 0, 0]], covariates: [] };
    expect([...chosen({ bar: [10], strata: [[0]], covariates: [] }, pool).controls]).toEqual([2, 1]);
  });

  it('draws within the caliper by a stream of its own for each event', () => {
    const pool = rowsOf(
      Array.from({ length: 200 }, (_, i) => 1000 + i),
      Array.from({ length: 200 }, (_, i) => i / 100),
    );
    const events = rowsOf([10, 20], [0, 0]);
    const drawn = chosen(events, pool, { caliper: [1], pick: { stream: 'seed=1/match/test' } });
    expect(drawn.distance.every((distance) => distance <= 1)).toBe(true);
    expect([...drawn.controls]).not.toEqual([0, 1, 0, 1]);
    const alone = chosen(rowsOf([20], [0]), pool, { caliper: [1], pick: { stream: 'seed=1/match/test' } });
    expect([...alone.controls]).toEqual([...drawn.controls].slice(2));
  });

  it('does not change with the order of events or pool', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const state = namedStream(`seed=${seed}/matchControls/test/0`);
        const make = (count: number, spread: number) => Array.from({ length: count }, () => nextIndex(state, spread));
        const bars = [...new Set(make(30, 400))];
        const pool = rowsOf(bars, make(bars.length, 20), make(bars.length, 2));
        const eventBars = [...new Set(make(6, 400))];
        const events = rowsOf(eventBars, make(eventBars.length, 20), make(eventBars.length, 2));
        const flip = (rows: MatchRows): MatchRows => ({
          bar: Array.from(rows.bar).toReversed(),
          strata: rows.strata.map((column) => Array.from(column).toReversed()),
          covariates: rows.covariates.map((column) => Array.from(column).toReversed()),
        });
        const more = { maxReuse: 2, exclusion: { before: 5, after: 3 } };
        const [straight, flipped] = [chosen(events, pool, more), chosen(flip(events), flip(pool), more)];
        const barsOf = ({ controls }: { controls: Int32Array }, rows: MatchRows) => Array.from(controls, (row) => (row < 0 ? -1 : rows.bar[row]!));
        const pairs = (list: number[]) => eventBars.map((_, i) => list.slice(2 * i, 2 * i + 2));
        expect(pairs(barsOf(flipped, flip(pool))).toReversed()).toEqual(pairs(barsOf(straight, pool)));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses rows of other shape and covariates that are missing', () => {
    expect(() => chosen({ bar: [1], strata: [[0]], covariates: [] }, rowsOf([1], [1]))).toThrow('same covariates');
    expect(() => chosen({ bar: [1], strata: [], covariates: [] }, { bar: [1], strata: [], covariates: [] })).toThrow('at least one');
    expect(() => chosen(rowsOf([1, 2], [1], [0, 0]), rowsOf([1], [1]))).toThrow('differ in length');
    expect(() => chosen(rowsOf([1], [Number.NaN]), rowsOf([1], [1]))).toThrow('covariate[0] is NaN');
    expect(() => chosen(rowsOf([1], [1]), rowsOf([1], [Number.NaN]))).toThrow('covariate[0] is NaN');
    expect(() => chosen(rowsOf([1], [1]), rowsOf([1], [1]), { controlsPerEvent: 0 })).toThrow('controls per event');
  });
});

describe('matchQuality', () => {
  it('counts who found controls and how often these serve', () => {
    const matches = chosen(rowsOf([1, 2, 3], [0, 0, 99]), rowsOf([10, 20], [0, 1]), { caliper: [5] });
    expect(matchQuality(matches, 3)).toEqual({ events: 3, matched: 2, matchedShare: 2 / 3, controls: 4, uniqueShare: 0.5, mostReused: 2 });
  });

  it('has no shares of nothing', () => {
    const matches = chosen(rowsOf([], []), rowsOf([], []));
    expect(matchQuality(matches, 0)).toMatchObject({ matchedShare: null, uniqueShare: null });
  });
});
