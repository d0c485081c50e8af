import { namedStream, nextIndex, nextUniform } from '../../../core/random.ts';
import { mean } from '../../../stats/moments.ts';
import { neumaierSum } from '../../../stats/sums.ts';
import type { CompressionRow, TrapBars, TrapSettings } from './compressionEvents.ts';
import { forwardReturns, returnStatistics } from './expectancyBars.ts';
import type { TrendSettings } from './marketState.ts';
import { finiteOf, groupBy, meanOf, medianOf, quantileOf } from './sample.ts';

/** A condition as the traps see it: which bars and events it takes, and whether along the trend. */
export interface TrapCondition {
  readonly name: string;
  readonly isDirectional: boolean;
  readonly needsLowFunding: boolean;
}

export const trapConditions: readonly TrapCondition[] = [
  { name: 'compression', isDirectional: false, needsLowFunding: false },
  { name: 'compression_plus_htf_trend', isDirectional: true, needsLowFunding: false },
  { name: 'compression_plus_funding_low', isDirectional: false, needsLowFunding: true },
];

/** Events of a condition at a horizon, with the return that counts. */
interface Cell {
  readonly condition: TrapCondition;
  readonly horizon: number;
  readonly rows: readonly CompressionRow[];
  /** [rows] NaN where missing. */
  readonly returns: readonly number[];
}

/** Conditions at horizons, in the order of the reports. */
export function trapCells(rows: readonly CompressionRow[], horizons: readonly number[]): Cell[] {
  return trapConditions.flatMap((condition) =>
    horizons.map((horizon) => {
      const own = rows.filter((row) => row.horizon === horizon && (!condition.needsLowFunding || row.funding_bucket === 'low'));
      return {
        condition,
        horizon,
        rows: own,
        returns: own.map((row) => (condition.isDirectional ? row.event_directional_return : row.event_return)),
      };
    }),
  );
}

/** Every bar of a condition beside one value per event. The bars of all symbols stand in one line, so that the last ones of a symbol look into the next (E-13). */
export function overlapTrap(parts: readonly TrapBars[], cells: readonly Cell[]) {
  const close = Float64Array.from(parts.flatMap((bars) => Array.from(bars.close)));
  const trend = parts.flatMap((bars) => Array.from(bars.trend));
  const bucket = parts.flatMap((bars) => bars.bucket);
  const isCompressed = parts.flatMap((bars) => Array.from(bars.isCompressed));
  return cells.map(({ condition, horizon, returns }) => {
    const bars: number[] = [];
    forwardReturns(close, horizon).forEach((move, bar) => {
      if (isCompressed[bar] === 0 || (condition.needsLowFunding && bucket[bar] !== 'low')) return;
      if (!condition.isDirectional) bars.push(move);
      else if (trend[bar] !== 0) bars.push(move * trend[bar]!);
    });
    const [bar, event] = [returnStatistics(bars), returnStatistics(returns)];
    return {
      condition: condition.name,
      horizon,
      bar_samples: bar.samples,
      bar_mean: bar.mean_return,
      bar_t: bar.t_stat,
      event_samples: event.samples,
      event_mean: event.mean_return,
      event_t: event.t_stat,
    };
  });
}

const leakageBars = 500;

/** Whether the trend of drawn bars changes when what comes after them is cut off; a trailing mean cannot fail. */
export function leakageTrap(parts: readonly TrapBars[], settings: TrapSettings) {
  return parts.map(({ frame, close, trend }) => {
    const first = settings.htfWindow + settings.htfLookback;
    const left = Array.from({ length: Math.max(0, frame.rows - first) }, (_, place) => first + place);
    const state = namedStream(`seed=7/reference-leakage/${frame.symbol}`);
    const drawn = Array.from({ length: Math.min(leakageBars, left.length) }, (_, place) => {
      const other = place + nextIndex(state, left.length - place);
      [left[place], left[other]] = [left[other]!, left[place]!];
      return left[place];
    });
    const mismatches = drawn.filter((bar) => lastTrend(close.subarray(0, bar + 1), settings) !== trend[bar]).length;
    return { symbol: frame.symbol, pass: drawn.length > 0 && mismatches === 0, checked: drawn.length, mismatches };
  });
}

/** Trend of the last bar of a history, from that history alone. */
function lastTrend(history: Float64Array, { htfWindow, htfLookback }: TrendSettings): number {
  const average = (end: number) => {
    const window = history.subarray(end - htfWindow, end);
    return window.some(Number.isNaN) ? Number.NaN : mean(window)!;
  };
  return Math.sign(average(history.length) - average(history.length - htfLookback)) || 0;
}

/** Means by year, volatility quartile and trend of the last day. */
export function regimeTrap(cells: readonly Cell[]) {
  return cells.flatMap(({ condition, horizon, rows, returns }) =>
    (['year', 'vol_q', 'bull_bear'] as const).map((split) => {
      const groups = groupBy(
        rows.map((row, place) => ({ level: row[split], value: returns[place]! })),
        ({ level }) => level,
      );
      const levels = [...groups].map(([level, own]) => [level, meanOf(own.map(({ value }) => value))] as const);
      const means = levels.map(([, value]) => value).filter((value) => !Number.isNaN(value));
      const isStable = means.length > 0 && (means.every((value) => value > 0) || means.every((value) => value <= 0));
      return { condition: condition.name, horizon, split, means: Object.fromEntries(levels), stable_sign: isStable };
    }),
  );
}

/** How much of the sum of all returns the largest few make. */
export function tailTrap(cells: readonly Cell[]) {
  return cells.map(({ condition, horizon, returns }) => {
    const falling = finiteOf(returns).sort().toReversed();
    const total = neumaierSum(falling);
    const shareOf = (part: number) => {
      const largest = falling.subarray(0, Math.max(1, Math.ceil(part * falling.length)));
      return falling.length === 0 || total === 0 ? Number.NaN : neumaierSum(largest) / total;
    };
    return {
      condition: condition.name,
      horizon,
      median: medianOf(falling),
      p25: quantileOf(falling, 0.25),
      p75: quantileOf(falling, 0.75),
      top_1pct_share: shareOf(0.01),
      top_5pct_share: shareOf(0.05),
    };
  });
}

/** The directional returns as they are, turned round, and with signs drawn by lot. */
export function symmetryTrap(cells: readonly Cell[]) {
  return cells
    .filter(({ condition }) => condition.isDirectional)
    .flatMap(({ condition, horizon, returns }) => {
      const state = namedStream(`seed=11/reference-symmetry/${horizon}`);
      const present = Array.from(finiteOf(returns));
      const versions = {
        directional: present,
        opposite: present.map((value) => -value),
        random_sign: present.map((value) => (nextUniform(state) < 0.5 ? -value : value)),
      };
      return Object.entries(versions).map(([version, values]) => {
        const { samples, mean_return, t_stat } = returnStatistics(values);
        return { condition: condition.name, horizon, version, samples, mean: mean_return, t: t_stat };
      });
    });
}

/** Time to the breakout and what it brings. Two events that look alike count once, for rows are compared by value and not by event. */
export function expansionMetrics(rows: readonly CompressionRow[]) {
  const alike = (row: CompressionRow) =>
    [row.symbol, row.year, row.end_reason, row.breakout_dir, row.breakout_aligns_htf, row.time_to_expansion_bars, row.mfe_post_end].join('/');
  const distinct = [...new Map(rows.map((row) => [alike(row), row])).values()];
  const times = distinct.map((row) => row.time_to_expansion_bars);
  const excursions = distinct.map((row) => row.mfe_post_end);
  const aligned = distinct.map((row) => row.breakout_aligns_htf).filter((flag) => flag !== null);
  return {
    rows: distinct.length,
    time_to_expansion_p25: quantileOf(times, 0.25),
    time_to_expansion_median: medianOf(times),
    time_to_expansion_p75: quantileOf(times, 0.75),
    mfe_median: medianOf(excursions),
    mfe_mean: meanOf(excursions),
    breakout_alignment_rate: meanOf(aligned.map(Number)),
  };
}
