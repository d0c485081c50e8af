import type { StudyEvent } from './detect.ts';
import type { StudySeries } from './frame.ts';
import type { OutcomeBoard } from './outcomeBoard.ts';
import { OutcomeColumn } from './outcomes.ts';

/** One symbol, ready to be estimated on: its series, and its outcomes measured once for all slices. */
export interface StudySymbol {
  readonly series: StudySeries;
  readonly events: readonly StudyEvent[];
  readonly outcomes: ReadonlyMap<string, OutcomeColumn>;
  /** The outcomes side by side. */
  readonly board: OutcomeBoard;
}

/** Outcome columns of a symbol, by id. */
export function outcomeColumns(series: StudySeries): Map<string, OutcomeColumn> {
  return new Map(series.study.outcomes.map((outcome) => [outcome.id, new OutcomeColumn(series, outcome)]));
}
