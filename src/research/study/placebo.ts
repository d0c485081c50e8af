import type { CompiledStudy } from './compile.ts';
import type { SliceEstimate, StudySymbol } from './estimateSlice.ts';
import type { MatchedSymbol } from './match.ts';
import type { NegativeControlRow } from './result.ts';
import { placeboP, shiftedEffects, summarize } from './shift.ts';

/**
 * The study's own test on something that the event cannot have moved: its placebo formula at the trigger, events minus controls,
 * against moved event times. A test that finds an effect here would find one anywhere.
 *
 * @source research specification 10.2 (placebo-outcome)
 */
export function placeboEffect({
  study,
  symbols,
  estimate,
  stream,
}: {
  study: CompiledStudy;
  symbols: readonly StudySymbol[];
  estimate: SliceEstimate;
  stream: string;
}): NegativeControlRow {
  const values = symbols.map(({ series }) => series.of(study.placebo!));
  const measure = (matched: readonly MatchedSymbol[]): number | null => {
    let [sum, count] = [0, 0];
    matched.forEach(({ events, controls }, s) => {
      events.forEach(({ trigger, anchor }, e) => {
        const own = values[s]![trigger]!;
        let [others, found] = [0, 0];
        for (const row of controls[e]!) {
          const other = values[s]![row - (anchor - trigger)];
          if (other === undefined || Number.isNaN(other)) continue;
          others += other;
          found++;
        }
        if (Number.isNaN(own) || found === 0) return;
        sum += own - others / found;
        count++;
      });
    });
    return count === 0 ? null : sum / count;
  };
  const observed = measure(estimate.matched);
  const parts = symbols.map((_, s) => ({ range: estimate.ranges[s]!, events: estimate.matched[s]!.events, matcher: estimate.matchers[s]! }));
  const [draws] = shiftedEffects(parts, (matched) => [measure(matched)], {
    draws: study.document.inference.shifts,
    stream: `${stream}/placebo/${estimate.id}`,
    estimands: 1,
  });
  return {
    slice: estimate.id,
    id: 'placebo_outcome',
    kind: 'placebo_outcome',
    estimand: 'placebo_outcome',
    ...summarize(draws!),
    observed,
    p: observed === null ? null : placeboP(observed, draws!, 'different'),
  };
}
