import { bootstrapMean } from './bootstrap.ts';
import type { FundingSettings, FundingType } from './fundingBars.ts';
import { type FundingSplit, simpleSplits } from './fundingModels.ts';
import type { FundingRow } from './fundingRows.ts';
import { type FundingSample, sliceOf } from './fundingTables.ts';
import { meanOf } from './sample.ts';

export const hazardTypes: readonly FundingType[] = ['funding_extreme_onset', 'funding_persistence_window', 'funding_normalization'];

export interface FundingHazardRow {
  readonly event_type: FundingType;
  readonly split_name: string;
  readonly split_value: string;
  readonly bar: number;
  readonly event_at_risk_liq: number;
  readonly event_hazard_liq: number;
  readonly base_hazard_liq: number;
  readonly delta_hazard_liq: number;
  readonly event_at_risk_vol: number;
  readonly event_hazard_vol: number;
  readonly base_hazard_vol: number;
  readonly delta_hazard_vol: number;
}

export const hazardColumns =
  'event_type split_name split_value bar event_at_risk_liq event_hazard_liq base_hazard_liq delta_hazard_liq ' +
  'event_at_risk_vol event_hazard_vol base_hazard_vol delta_hazard_vol';

/** The curves of one type and split. */
export interface HazardCurve {
  readonly type: FundingType;
  readonly split: FundingSplit;
  readonly events: number;
  readonly rows: readonly FundingHazardRow[];
}

/** Splits of the hazards: the simple ones, and each symbol by trend and by volatility regime. */
function hazardSplits(symbols: readonly string[]): FundingSplit[] {
  const simple = simpleSplits(symbols);
  const pairs = (['bull_bear', 'vol_regime'] as const).flatMap((name) =>
    symbols.flatMap((symbol) =>
      simple
        .filter((split) => split.name === name)
        .map((split) => ({
          name: `symbol_${name}`,
          value: `${symbol}_${split.value}`,
          belongs: (row: FundingRow) => row.symbol === symbol && split.belongs(row),
        })),
    ),
  );
  return [...simple, ...pairs];
}

/** Hazards of the two outcomes for events and controls, by type and split. */
export function hazardCurves(sample: FundingSample, symbols: readonly string[], { eventLookahead }: FundingSettings): HazardCurve[] {
  return hazardTypes.flatMap((type) => {
    const own = sliceOf(sample, (row) => row.event_type === type);
    return hazardSplits(symbols).map((split) => {
      const { events, controls } = sliceOf(own, split.belongs);
      const curves = (name: 'liq_hit_bar' | 'vol_hit_bar') => [events, controls].map((rows) => hazardOf(rows, name, eventLookahead));
      const [[liq, liqBase], [vol, volBase]] = [curves('liq_hit_bar'), curves('vol_hit_bar')] as [[Hazard[], Hazard[]], [Hazard[], Hazard[]]];
      const rows = liq.map((hazard, place) => ({
        event_type: type,
        split_name: split.name,
        split_value: split.value,
        bar: place + 1,
        event_at_risk_liq: hazard.atRisk,
        event_hazard_liq: hazard.hazard,
        base_hazard_liq: liqBase[place]!.hazard,
        delta_hazard_liq: hazard.hazard - liqBase[place]!.hazard,
        event_at_risk_vol: vol[place]!.atRisk,
        event_hazard_vol: vol[place]!.hazard,
        base_hazard_vol: volBase[place]!.hazard,
        delta_hazard_vol: vol[place]!.hazard - volBase[place]!.hazard,
      }));
      return { type, split, events: events.length, rows };
    });
  });
}

interface Hazard {
  readonly atRisk: number;
  /** NaN where nobody is at risk. */
  readonly hazard: number;
}

/** Hazard by bar; a row is at risk as long as it was not hit and its data go on. */
function hazardOf(rows: readonly FundingRow[], name: 'liq_hit_bar' | 'vol_hit_bar', bars: number): Hazard[] {
  return Array.from({ length: bars }, (_, place) => {
    const bar = place + 1;
    const atRisk = rows.filter((row) => row.effective_horizon >= bar && !(row[name] < bar)).length;
    const hits = rows.filter((row) => row[name] === bar).length;
    return { atRisk, hazard: atRisk === 0 ? Number.NaN : hits / atRisk };
  });
}

export interface HazardSummary {
  readonly event_type: FundingType;
  readonly split_name: string;
  readonly split_value: string;
  readonly event_n: number;
  readonly t_vol_peak: number;
  readonly vol_peak: number;
  readonly vol_mean_1_8: number;
  readonly vol_mean_9_24: number;
  readonly vol_mean_25_on: number;
  readonly t_liq_peak: number;
  readonly liq_peak: number;
  readonly liq_mean_1_8: number;
  readonly liq_mean_9_24: number;
  readonly liq_mean_25_on: number;
  readonly t_crossover: number;
  readonly vol_front_loaded: boolean | null;
  readonly liq_delayed: boolean | null;
  readonly shape_consistent: boolean | null;
}

/** Landmarks of one curve. The flags look at events alone: controls have the same shape (S-07). */
export function hazardSummary({ type, split, events, rows }: HazardCurve, settings: FundingSettings): HazardSummary {
  const vol = landmarksOf(rows.map((row) => row.event_hazard_vol));
  const liq = landmarksOf(rows.map((row) => row.event_hazard_liq));
  const isEnough = events >= settings.minHazardEvents;
  const front = isEnough ? vol.peakBar <= 8 || vol.early > vol.late : null;
  const delayed = isEnough ? liq.peakBar >= 9 || liq.late > liq.early : null;
  return {
    event_type: type,
    split_name: split.name,
    split_value: split.value,
    event_n: events,
    t_vol_peak: vol.peakBar,
    vol_peak: vol.peak,
    vol_mean_1_8: vol.early,
    vol_mean_9_24: vol.middle,
    vol_mean_25_on: vol.late,
    t_liq_peak: liq.peakBar,
    liq_peak: liq.peak,
    liq_mean_1_8: liq.early,
    liq_mean_9_24: liq.middle,
    liq_mean_25_on: liq.late,
    t_crossover: crossoverOf(rows, vol.peakBar, settings.crossoverConfirmBars),
    vol_front_loaded: front,
    liq_delayed: delayed,
    shape_consistent: isEnough ? front === true && delayed === true : null,
  };
}

function landmarksOf(hazards: readonly number[]) {
  const peak = hazards.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), Number.NaN);
  return {
    peak,
    peakBar: Number.isNaN(peak) ? Number.NaN : hazards.indexOf(peak) + 1,
    early: meanOf(hazards.slice(0, 8)),
    middle: meanOf(hazards.slice(8, 24)),
    late: meanOf(hazards.slice(24)),
  };
}

/** First bar from the volatility peak on where the last few bars have more liquidation than volatility hazard on average; NaN for never. */
function crossoverOf(rows: readonly FundingHazardRow[], from: number, confirmBars: number): number {
  for (let bar = Math.max(from, confirmBars); bar <= rows.length; bar++) {
    const gaps = rows.slice(bar - confirmBars, bar).map((row) => row.event_hazard_liq - row.event_hazard_vol);
    if (gaps.reduce((sum, gap) => sum + gap, 0) / confirmBars > 0) return bar;
  }
  return Number.NaN;
}

const shapeSplits = ['symbol', 'bull_bear', 'vol_regime'];

/** Whether every level of a split that has enough events has the expected shape. */
export function hazardShapes(summaries: readonly HazardSummary[]) {
  return hazardTypes.flatMap((type) =>
    shapeSplits.map((name) => {
      const flags = summaries
        .filter((row) => row.event_type === type && row.split_name === name)
        .map((row) => row.shape_consistent)
        .filter((flag) => flag !== null);
      const status = flags.length === 0 ? 'insufficient' : flags.every(Boolean) ? 'pass' : 'fail_shape_flip';
      return { event_type: type, split_name: name, levels: flags.length, status };
    }),
  );
}

/** Sums of the hazard differences per split, with landmarks; a missing difference adds nothing. */
export function hazardAreas(curves: readonly HazardCurve[], settings: FundingSettings) {
  return curves.map((curve) => {
    const { event_type, split_name, split_value, event_n, t_vol_peak, t_liq_peak, t_crossover } = hazardSummary(curve, settings);
    const area = (name: 'delta_hazard_vol' | 'delta_hazard_liq', bars: number) =>
      curve.rows.slice(0, bars).reduce((sum, row) => sum + (row[name] || 0), 0);
    return {
      event_type,
      split_name,
      split_value,
      event_n,
      vol_auc_delta: area('delta_hazard_vol', settings.volAucHorizon),
      liq_auc_delta: area('delta_hazard_liq', settings.liqAucHorizon),
      t_vol_peak,
      t_liq_peak,
      t_crossover,
    };
  });
}

/** Means of the areas over splits that overlap, resampled as if they were observations (S-17). */
export function areaIntervals(areas: ReturnType<typeof hazardAreas>, { aucBootstrapIters, baselineSeed }: FundingSettings) {
  return hazardTypes.map((event_type) => {
    const own = areas.filter((row) => row.event_type === event_type && shapeSplits.includes(row.split_name));
    const interval = (name: 'vol_auc_delta' | 'liq_auc_delta', offset: number) =>
      bootstrapMean(
        own.map((row) => row[name]),
        { draws: aucBootstrapIters, stream: `seed=${baselineSeed + offset}/reference-area/${event_type}` },
      );
    return { event_type, vol_auc_delta: interval('vol_auc_delta', 11), liq_auc_delta: interval('liq_auc_delta', 23) };
  });
}

/** How far the landmarks lie apart across splits with enough events. */
export function hazardPhases(summaries: readonly HazardSummary[], { minHazardEvents, phaseToleranceBars }: FundingSettings) {
  return hazardTypes.map((type) => {
    const own = summaries.filter((row) => row.event_type === type && shapeSplits.includes(row.split_name) && row.event_n >= minHazardEvents);
    const landmarks = (['t_vol_peak', 't_liq_peak', 't_crossover'] as const).map((name) => {
      const bars = own.map((row) => row[name]).filter((bar) => !Number.isNaN(bar));
      const [low, high] = bars.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...bars), Math.max(...bars)];
      const pass = bars.length === 0 ? null : high - low <= phaseToleranceBars;
      return { pass, columns: { [`${name}_min`]: low, [`${name}_max`]: high, [`${name}_spread`]: high - low, [`${name}_pass`]: pass } };
    });
    const status = own.length === 0 ? 'insufficient' : landmarks.every(({ pass }) => pass === true) ? 'pass' : 'fail_or_partial';
    return { event_type: type, splits: own.length, ...Object.assign({}, ...landmarks.map(({ columns }) => columns)), status };
  });
}

export const phaseColumns = `event_type splits ${['t_vol_peak', 't_liq_peak', 't_crossover']
  .flatMap((name) => ['min', 'max', 'spread', 'pass'].map((part) => `${name}_${part}`))
  .join(' ')} status`;
