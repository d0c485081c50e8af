import type { Strategy } from '../../core/intent.ts';
import type { ColumnCatalog } from '../../research/study/compile.ts';

/** Columns that formulas may read, and those that are known only later than their bar. */
export interface SpecColumns {
  readonly catalog: ColumnCatalog;
  readonly retrospective: ReadonlySet<string>;
}

/** A study that overlays and hypotheses may refer to. */
export interface StudyFacts {
  readonly version: number;
  readonly digest: string;
  /** Thresholds that the study fits on data. */
  readonly fitted: readonly string[];
}

/** What documents refer to, besides each other. */
export interface SpecSurroundings extends SpecColumns {
  readonly strategies: ReadonlyMap<string, Strategy>;
  readonly studies: ReadonlyMap<string, StudyFacts>;
  readonly accountings: readonly string[];
  /** Keys of a run’s configuration. */
  readonly configKeys: readonly string[];
}

/** What the reference system’s conditions read of an event and nobody knows before it is over. @source research specification 6.3, S-21 */
export const exPostNames: Readonly<Record<string, string>> = {
  fractional_age: 'the time of the peak over the duration of the event, both known when it is over',
  duration_bars: 'the duration of the event, known when it is over',
  t_rv_peak: 'the time of the peak, known when the event is over',
  rv_decay_half_life: 'measured over the whole event',
  secondary_shock_within_h: 'measured after the event',
  time_to_secondary_shock: 'measured after the event',
  range_pct_96: 'the range of the day after the event',
};
