import { hazardTable } from './hazard.ts';
import { groupBy, meanOf, signOf } from './sample.ts';
import { type ReferenceTable, tableOf } from './table.ts';
import type { TailOutcomes } from './tailWindows.ts';

/** The time that most analyzers take hazards of. */
export const toTailMove = (row: TailOutcomes): number => row.time_to_tail_move;

/** What the shared tables need of an event. */
export interface TailEvent extends TailOutcomes {
  readonly event_id: string;
  readonly symbol: string;
  readonly year: number;
  readonly anchor_hour?: number;
}

export interface TailStudy<Outcomes extends TailOutcomes = TailOutcomes> {
  readonly id: string;
  readonly events: readonly (TailEvent & Outcomes)[];
  /** [events] null where there is none. */
  readonly controls: readonly (Outcomes | null)[];
  /** Greatest age of the hazards. */
  readonly ages: number;
  /** Time to the hit that hazards count. */
  readonly timeOf: (row: Outcomes) => number;
  /** By what differences are averaged: the symbol, or the hour of the anchor. */
  readonly by: 'symbol' | 'anchor_hour';
}

const deltas = 'delta_realized_vol_mean delta_range_expansion delta_tail_move_probability';

/** Differences, hazards, means and yearly signs: the tables that all window analyzers have in common. */
export function tailTables<Outcomes extends TailOutcomes>(
  study: TailStudy<Outcomes>,
): Record<'deltas' | 'hazards' | 'phase_stability' | 'sign_stability', ReferenceTable> {
  const { id, by } = study;
  const rows = study.events.map((event, i) => deltaOf(event, study.controls[i]!));
  const isHourly = by === 'anchor_hour';
  return {
    deltas: tableOf(`${id}_matched_deltas.csv`, `event_id symbol year ${isHourly ? 'anchor_hour ' : ''}${deltas} delta_tail_move_within`, rows),
    hazards: tableOf(`${id}_hazards.csv`, 'age at_risk hits hazard cohort', hazardRows(study)),
    phase_stability: tableOf(`${id}_phase_stability.csv`, `${by} n ${deltas}${isHourly ? ' delta_tail_move_within' : ''}`, meanRows(rows, by)),
    sign_stability: tableOf(
      `${id}_sign_stability.csv`,
      `${isHourly ? 'year anchor_hour' : 'symbol year'} n sign_tail_prob sign_vol`,
      signRows(rows, by),
    ),
  };
}

type Delta = ReturnType<typeof deltaOf>;

function deltaOf(event: TailEvent, control: TailOutcomes | null) {
  const less = (of: (row: TailOutcomes) => number) => (control === null ? Number.NaN : of(event) - of(control));
  return {
    event_id: event.event_id,
    symbol: event.symbol,
    year: event.year,
    anchor_hour: event.anchor_hour ?? Number.NaN,
    delta_realized_vol_mean: less((row) => row.realized_vol_mean),
    delta_range_expansion: less((row) => row.range_expansion),
    delta_tail_move_probability: less((row) => row.tail_move_probability),
    delta_tail_move_within: less((row) => row.tail_move_within),
  };
}

function hazardRows<Outcomes extends TailOutcomes>({ events, controls, ages, timeOf }: TailStudy<Outcomes>) {
  const cohorts: Record<string, readonly Outcomes[]> = { events, controls: controls.filter((control) => control !== null) };
  return Object.entries(cohorts).flatMap(([cohort, rows]) =>
    rows.length === 0 ? [] : hazardTable(rows.map(timeOf), ages).map((row) => ({ ...row, cohort })),
  );
}

function meanRows(rows: readonly Delta[], by: TailStudy['by']) {
  return [...groupBy(rows, (row) => row[by])].map(([level, own]) => ({
    [by]: level,
    n: own.length,
    delta_realized_vol_mean: meanOf(own.map((row) => row.delta_realized_vol_mean)),
    delta_range_expansion: meanOf(own.map((row) => row.delta_range_expansion)),
    delta_tail_move_probability: meanOf(own.map((row) => row.delta_tail_move_probability)),
    delta_tail_move_within: meanOf(own.map((row) => row.delta_tail_move_within)),
  }));
}

function signRows(rows: readonly Delta[], by: TailStudy['by']) {
  const [outer, inner] = by === 'symbol' ? (['symbol', 'year'] as const) : (['year', 'anchor_hour'] as const);
  return [...groupBy(rows, (row) => row[outer])].flatMap(([first, own]) =>
    [...groupBy(own, (row) => row[inner])].map(([second, cell]) => ({
      [outer]: first,
      [inner]: second,
      n: cell.length,
      sign_tail_prob: signOf(meanOf(cell.map((row) => row.delta_tail_move_probability))),
      sign_vol: signOf(meanOf(cell.map((row) => row.delta_realized_vol_mean))),
    })),
  );
}
