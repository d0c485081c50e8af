import { describe, expect, it } from 'vitest';
import { barMs } from '../../core/time.ts';
import { legacySelection } from './contributions.ts';
import { legacyMetrics, legacyRiskContribution, legacySharpe, legacyShortfall, legacyDrawdown } from './metrics.ts';
import { exposureStep, type LegacyEdge, legacyDefaults, type LegacyMarket, runLegacy, turnoverStep } from './runLegacy.ts';
import { type LegacyMode, legacyModes, legacyWeights } from './weights.ts';
import { yearlyConsistency } from './verdict.ts';

/** Outputs of the reference system; numbers as its specification prints them. */
const expectNear = (actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-11) => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i]! - value), `entry ${i}: ${actual[i]} against ${value}`).toBeLessThan(tolerance);
};

const deviation = [1e-3, 2e-3, 4e-3];
const tilted = [2e-5, -1e-5, 1e-5];
const diagonal = [1e-6, 1e-6, 0, 1e-6, 4e-6, 0, 0, 0, 16e-6];

interface Case {
  readonly mode: LegacyMode;
  readonly deviation?: readonly number[];
  readonly mean?: readonly number[];
  readonly covariance?: readonly number[];
  readonly weightMax?: number;
  readonly grossMax?: number;
  readonly returnTilt?: number;
  readonly expected: readonly number[];
}

const cases: Record<string, Case> = {
  ER1: { mode: 'equal_risk', expected: [0.25, 0.25, 0.142857142857] },
  ER2: { mode: 'equal_risk', weightMax: 1, expected: [0.571428571429, 0.285714285714, 0.142857142857] },
  ER3: { mode: 'equal_risk', deviation: [0, 2e-3, 4e-3], weightMax: 1, expected: [0, 0.666666666667, 0.333333333333] },
  ER4: { mode: 'equal_risk', deviation: [0, 0, 0], expected: [0.25, 0.25, 0.25] },
  ER5: { mode: 'equal_risk', weightMax: 1, grossMax: 0.4, expected: [0.228571428571, 0.114285714286, 0.0571428571429] },
  ER6: { mode: 'equal_risk', deviation: [1e-6, 1e-3, 1e-3], expected: [0.25, 0.000998003992016, 0.000998003992016] },
  SW1: { mode: 'score_weighted', mean: tilted, expected: [0.25, 0.1625, 0.131746031746] },
  SW2: { mode: 'score_weighted', mean: tilted, weightMax: 1, expected: [0.68253968254, 0.185714285714, 0.131746031746] },
  SW3: { mode: 'score_weighted', mean: [-1e-5, -1e-5, -1e-5], weightMax: 1, expected: [0.571428571429, 0.285714285714, 0.142857142857] },
  SW4: { mode: 'score_weighted', mean: tilted, weightMax: 1, returnTilt: 1, expected: [0.888888888889, 0, 0.111111111111] },
  CO1: { mode: 'constrained_optimizer', mean: tilted, covariance: diagonal, expected: [0.25, 0.162456501283, 0.131744412889] },
  CO2: {
    mode: 'constrained_optimizer',
    mean: tilted,
    covariance: diagonal,
    weightMax: 1,
    expected: [0.682586658763, 0.185662905931, 0.131744412889],
  },
  CO3: {
    mode: 'constrained_optimizer',
    mean: tilted.map((value) => value * 5000),
    covariance: diagonal.map((value) => value * 1e5),
    weightMax: 1,
    expected: [0.301925226273, 0, 0.00625000000001],
  },
};

describe('the reference’s weights', () => {
  it.each(Object.entries(cases))('%s', (_, { mode, expected, ...given }) => {
    const moments = {
      mean: Float64Array.from(given.mean ?? [0, 0, 0]),
      deviation: Float64Array.from(given.deviation ?? deviation),
      covariance: given.covariance === undefined ? null : Float64Array.from(given.covariance),
    };
    const settings = { weightMax: given.weightMax ?? 0.25, grossMax: given.grossMax ?? 1.5, returnTilt: given.returnTilt ?? 0.35 };
    expectNear(legacyWeights(mode, moments, settings), expected);
  });

  it('refuses a mode that the reference does not know', () => {
    const moments = { mean: new Float64Array(1), deviation: new Float64Array(1), covariance: null };
    expect(() => legacyWeights('hrp', moments, { weightMax: 1, grossMax: 1, returnTilt: 0 })).toThrow('unsupported allocation mode');
  });
});

describe('the reference’s turnover and caps', () => {
  const held = Float64Array.of(0.1, 0.1, 0);
  it.each([
    ['TO1', [0.25, 0, 0.25], 0.1, [0.16, 0.06, 0.1], 0.2],
    ['TO2', [0.15, 0.1, 0], 0.1, [0.15, 0.1, 0], 0.05],
    ['TO3', [0, 0, 0], 0.3, [0.1, 0.1, 0], 0],
  ] as const)('%s', (_, wanted, used, weights, charged) => {
    const step = turnoverStep(held, Float64Array.from(wanted), Math.max(0, 0.3 - used));
    expectNear(step.weights, weights);
    expect(step.charged).toBeCloseTo(charged, 11);
  });

  const onTwo = (symbol: number, edge: number) =>
    [
      [1, 1, 0],
      [0, -1, 1],
    ][symbol]![edge]!;
  it.each([
    ['EC1', [0.25, 0.25, 0.25], 2, onTwo, [0.1, 0.1, 0.1], [0.2, 0]],
    ['EC2', [0.1, 0.05, 0.1], 2, onTwo, [0.1, 0.05, 0.1], [0.15, 0.05]],
    ['EC3', [0.05, 0.05, 0.05], 5, () => 1, [0.04, 0.04, 0.04], [0.12, 0.12, 0.12, 0.12, 0.12]],
  ] as const)('%s', (_, given, symbols, position, weights, exposures) => {
    const step = exposureStep(Float64Array.from(given), symbols, position, legacyDefaults.limits);
    expectNear(step.weights, weights);
    expectNear(step.exposures, exposures);
  });
});

/** 200 bars across a change of month and of the month's symbol. */
const bars = 200;
const series = (of: (i: number) => number) => Float64Array.from({ length: bars }, (_, i) => of(i));
const position = (k: number) => series((i) => (Math.sin(0.11 * i + k) > 0.3 ? 1 : Math.sin(0.11 * i + k) < -0.3 ? -1 : 0));
const edges: LegacyEdge[] = [
  { id: 'a', positions: [position(0), position(3)], returns: series((i) => 0.001 * Math.sin(0.7 * i)) },
  { id: 'b', positions: [position(1), position(4.5)], returns: series((i) => 0.002 * Math.cos(1.3 * i) + 1e-4) },
  { id: 'c', positions: [position(2), position(0.5)], returns: series((i) => 0.0005 * Math.sin(2.1 * i + 0.4) - 5e-5) },
];
const market: LegacyMarket = {
  symbols: ['X', 'Y'],
  openTime: series((i) => Date.UTC(2024, 0, 31, 12) + i * barMs),
  monthSymbols: new Map([
    ['2024-01', ['X']],
    ['2024-02', ['Y']],
  ]),
};

const endToEnd = {
  equal_risk: {
    figures: [0.000450136488, 0.000756346499, 3.446200410516, 3.4159019e-5, 0.3, 0.316106479276, 0.254549262955, 0.832868529622],
    weights: [
      [0, 0.1, 0.1],
      [0.169478032913, 0.128835147339, 0.201686819748],
      [0.00307123381402, 0.0716085854676, 0.125320180718],
    ],
  },
  score_weighted: {
    figures: [0.001655546328, 0.000921189856, 9.547156720471, 3.7843626e-5, 0.3, 0.314925785813, 0.202541492313, 0.941926288439],
    weights: [
      [0, 0.114925785813, 0.0850742141869],
      [0.162162162162, 0.202541492313, 0.135296345525],
      [0.0041441901907, 0.118644045293, 0.0772117645164],
    ],
  },
  constrained_optimizer: {
    figures: [0.001655461244, 0.000921277588, 9.547668314206, 3.7290963e-5, 0.3, 0.314811221561, 0.202530197841, 0.941889724909],
    weights: [
      [0, 0.114811221561, 0.0851887784394],
      [0.162215712897, 0.202530197841, 0.135254089262],
      [0.00413709951981, 0.118690341747, 0.0771725587328],
    ],
  },
};

describe('the reference’s portfolio over 200 bars', () => {
  it.each(legacyModes)('%s', (mode) => {
    const run = runLegacy(mode, edges, market, { ...legacyDefaults, lookbackBars: 48 });
    const m = legacyMetrics(run, edges, market.openTime, legacyDefaults.limits);
    const figures = [m.net_total_return, m.max_drawdown, m.sharpe_annualized, m.cvar_1d_99, m.avg_daily_turnover];
    expectNear([...figures, m.max_gross_exposure, m.max_net_exposure, m.max_edge_risk_contrib], endToEnd[mode].figures, 1e-9);
    for (const [k, bar] of [1, 48, 199].entries())
      expectNear(
        run.weights.map((column) => column[bar]!),
        endToEnd[mode].weights[k]!,
        1e-9,
      );
  });

  it('earns nothing from an empty list of edges', () => {
    const run = runLegacy('equal_risk', [], market);
    const { openTime } = market;
    expect(legacyMetrics(run, [], openTime, legacyDefaults.limits)).toMatchObject({
      net_total_return: 0,
      ending_equity: 1e6,
      constraints_pass: true,
    });
  });

  it('drops the losses of exit bars, as the reference does', () => {
    // Long for one bar, then flat with a loss of 1 %, over and over.
    const positions = series((i) => (i % 4 === 1 ? 1 : 0));
    const returns = series((i) => (i % 4 === 2 ? -0.01 : 0));
    const settings = { ...legacyDefaults, limits: { ...legacyDefaults.limits, turnoverDaily: 1e9 } };
    const run = runLegacy('equal_risk', [{ id: 'a', positions: [positions], returns }], { symbols: ['X'], openTime: market.openTime }, settings);
    expect(returns.reduce((sum, value) => sum + value, 0)).toBeCloseTo(-0.5, 9);
    expect(run.pnl.reduce((sum, value) => sum + value, 0)).toBe(0);
  });
});

describe('the reference’s figures', () => {
  const openTime = Float64Array.from({ length: 11_520 }, (_, i) => Date.UTC(2024, 0, 1) + i * barMs);
  const values = Float64Array.from(openTime, (_, i) => 1e-4 * Math.sin(0.001 * i * i) - (Math.floor(i / 96) % 37 === 5 ? 0.02 / 96 : 0));

  it('has its shortfall, Sharpe ratio and drawdown', () => {
    expectNear(
      [legacyShortfall(values, openTime), legacySharpe(values), legacyDrawdown(values)],
      [0.0200578953111, -15.522215896, 0.0792790987212],
      1e-9,
    );
  });

  it('calls a tail of gains a loss', () => {
    expect(legacyShortfall(new Float64Array(30 * 96).fill(1e-4), openTime)).toBeCloseTo(0.0096, 12);
  });

  it('has its risk contribution at time-mean weights', () => {
    const first = edges.map(({ returns }) => returns.subarray(0, 50));
    expect(legacyRiskContribution([0.2, 0.1, 0.05], first)).toBeCloseTo(0.503795603897, 11);
  });

  it('selects the larger return among modes that keep the limits, the first on a tie', () => {
    const mode = (id: string, constraints_pass: boolean, net_total_return: number) => ({ id, constraints_pass, net_total_return });
    expect(legacySelection([mode('a', false, 3), mode('b', true, 1), mode('c', true, 2), mode('d', true, 2)])?.id).toBe('c');
  });

  it.each([
    [[-1, -1, -1], 1],
    [[1, -1], 0.5],
    [[1], 1],
    [[0, 0], 0],
    [[1, 1, 1, 1, -1], 0.8],
  ])('finds years of %j consistent by %d', (years, expected) => {
    const times = Float64Array.from(years, (_, y) => Date.UTC(2020 + y, 5, 1));
    expect(yearlyConsistency(Float64Array.from(years), times)).toBe(expected);
  });
});
