import { survivalCurve } from '../../stats/survival/survivalCurve.ts';
import type { CompiledStudy } from './compile.ts';
import type { Subjects } from './contrast.ts';
import type { SliceEstimate } from './estimateSlice.ts';
import type { StudySymbol } from './studySymbol.ts';
import type { BalanceRow, ControlRow, CurveRow, EventRow, OutcomeRow, SliceId } from './result.ts';

/** Tables of a study from its estimates. Rows are ordered by slice, symbol and time, so that parallel work cannot change them. */

export function eventId(symbol: string, trigger: number): string {
  return `${symbol}_${String(trigger).padStart(7, '0')}`;
}

export function eventRows(symbols: readonly StudySymbol[], estimates: readonly SliceEstimate[]): EventRow[] {
  return symbols.flatMap(({ series, events }, s) => {
    const { frame, study } = series;
    const strata = study.strata.map(({ id, of }) => ({ id, values: series.of(of) }));
    return events.map((event): EventRow => {
      const slice = estimates.find(({ matched }) => matched[s]!.events.includes(event)) ?? null;
      return {
        event_id: eventId(frame.symbol, event.trigger),
        symbol: frame.symbol,
        slice: slice?.id ?? null,
        trigger_idx: event.trigger,
        anchor_idx: event.anchor,
        exit_idx: event.exit,
        trigger_ts: frame.openTime[event.trigger]!,
        anchor_ts: frame.openTime[event.anchor]!,
        exit_ts: frame.openTime[event.exit]!,
        direction: event.direction,
        is_open: event.isOpen,
        controls: slice === null ? 0 : slice.matched[s]!.controls[slice.matched[s]!.events.indexOf(event)]!.length,
        strata: Object.fromEntries(strata.map(({ id, values }) => [id, orNull(values[event.anchor]!)])),
      };
    });
  });
}

export function controlRows(symbols: readonly StudySymbol[], estimates: readonly SliceEstimate[]): ControlRow[] {
  return estimates.flatMap(({ matched }) =>
    matched.flatMap(({ symbol, events, controls, distances }, s) => {
      const reuse = new Map<number, number>();
      for (const rows of controls) for (const row of rows) reuse.set(row, (reuse.get(row) ?? 0) + 1);
      const { openTime } = symbols[s]!.series.frame;
      return events.flatMap((event, e) =>
        [...controls[e]!].map((row, c): ControlRow => ({
          event_id: eventId(symbol, event.trigger),
          control_id: controlId(symbol, event.trigger, c),
          symbol,
          idx: row,
          ts: openTime[row]!,
          distance: distances[e]![c]!,
          reuse_count: reuse.get(row)!,
        })),
      );
    }),
  );
}

function controlId(symbol: string, trigger: number, index: number): string {
  return `${eventId(symbol, trigger)}_c${index + 1}`;
}

export function outcomeRows(symbols: readonly StudySymbol[], estimates: readonly SliceEstimate[]): OutcomeRow[] {
  return estimates.flatMap(({ matched }) =>
    matched.flatMap(({ symbol, events, controls }, s) =>
      events.flatMap((event, e) =>
        [...symbols[s]!.outcomes].flatMap(([id, column]) => {
          const row = (anchor: number, control: string | null): OutcomeRow => {
            const { value, time, status } = column.at(anchor, event.direction);
            return {
              cohort: control === null ? 'event' : 'control',
              event_id: eventId(symbol, event.trigger),
              control_id: control,
              outcome: id,
              value: status === 'undefined' ? null : orNull(value),
              time: column.isTimed && status !== 'undefined' ? orNull(time) : null,
              status,
            };
          };
          return [row(event.anchor, null), ...[...controls[e]!].map((control, c) => row(control, controlId(symbol, event.trigger, c)))];
        }),
      ),
    ),
  );
}

/** Standardized mean differences of the matching variables between events and their controls, weighted alike. */
export function balanceRows(study: CompiledStudy, symbols: readonly StudySymbol[], { id, matched }: SliceEstimate): BalanceRow[] {
  return study.document.matching.nearest.map(({ of }, v): BalanceRow => {
    const [own, others]: [number[], number[]] = [[], []];
    matched.forEach(({ events, controls }, s) => {
      const values = symbols[s]!.series.of(study.nearest[v]!.of);
      events.forEach(({ anchor }, e) => {
        if (controls[e]!.length === 0) return;
        own.push(values[anchor]!);
        others.push(controls[e]!.reduce((sum, row) => sum + values[row]!, 0) / controls[e]!.length);
      });
    });
    const [a, b] = [spread(own), spread(others)];
    const pooled = a === null || b === null ? 0 : Math.sqrt((a.variance + b.variance) / 2);
    return {
      slice: id,
      variable: of,
      event_mean: a?.mean ?? null,
      control_mean: b?.mean ?? null,
      smd: a === null || b === null ? null : pooled > 0 ? (a.mean - b.mean) / pooled : a.mean === b.mean ? 0 : null,
    };
  });
}

/** Shares of events with controls and of distinct bars among controls; null without events. */
export function matchShares({ matched }: SliceEstimate): { matchedShare: number | null; uniqueControlShare: number | null } {
  const events = matched.reduce((sum, { events: list }) => sum + list.length, 0);
  const found = matched.reduce((sum, { controls }) => sum + controls.filter((rows) => rows.length > 0).length, 0);
  const all = matched.flatMap(({ symbol, controls }) => controls.flatMap((rows) => [...rows].map((row) => `${symbol}:${row}`)));
  return { matchedShare: events === 0 ? null : found / events, uniqueControlShare: all.length === 0 ? null : new Set(all).size / all.length };
}

/** Hazard, cumulative hazard (Nelson-Aalen) and survival (Kaplan-Meier, Greenwood) by age, events beside controls. */
export function curveRows(study: CompiledStudy, estimate: SliceEstimate): CurveRow[] {
  const done = new Set<string>();
  return Object.entries(study.document.estimands).flatMap(([estimand, { outcome }]) => {
    const subjects = estimate.contrasts.get(estimand)!.subjects;
    if (subjects === null || done.has(outcome)) return [];
    done.add(outcome);
    const { ages: window } = study.outcomes.find(({ id }) => id === outcome)!;
    return (['event', 'control'] as const).flatMap((cohort) =>
      curve(cohort === 'event' ? subjects.events : subjects.controls, { slice: estimate.id, outcome, cohort, window }),
    );
  });
}

function curve(
  { age, isHit, weight }: Subjects,
  { slice, outcome, cohort, window }: { slice: SliceId; outcome: string; cohort: 'event' | 'control'; window: readonly [number, number] },
): CurveRow[] {
  const found = survivalCurve({ exit: age, isHit, weight }, { horizon: window[1], alpha: 0.05 });
  let survival = 1;
  return Array.from({ length: window[1] - window[0] + 1 }, (_, i): CurveRow => {
    const k = window[0] + i - 1;
    // What nobody is left to tell stays where it was.
    survival = orNull(found.survival[k]!) ?? survival;
    return {
      slice,
      outcome,
      cohort,
      age: k + 1,
      at_risk: found.atRisk[k]!,
      hits: found.hits[k]!,
      hazard: orNull(found.hazard[k]!),
      cum_hazard: found.cumulativeHazard[k]!,
      survival,
      se: orNull(found.survivalError[k]!) ?? 0,
    };
  });
}

function spread(values: readonly number[]): { mean: number; variance: number } | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1) };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
