import type { Cohort } from './cohort.ts';
import type { CompiledStudy } from './compile.ts';
import type { StudySymbol } from './studySymbol.ts';

/**
 * The study's own test on something that the event cannot have moved: its placebo formula at the trigger, events minus controls,
 * against moved event times. A test that finds an effect here would find one anywhere.
 *
 * @param symbols in the order of the cohorts that the answer is asked for
 * @returns       the mean difference on matched cohorts; null where no event can be compared
 * @source        research specification 10.2 (placebo-outcome)
 */
export function placeboEffect(study: CompiledStudy, symbols: readonly StudySymbol[]): (cohorts: readonly Cohort[]) => number | null {
  const columns = symbols.map(({ series }) => series.of(study.placebo!));
  return (cohorts) => {
    let [sum, count] = [0, 0];
    for (let s = 0; s < cohorts.length; s++) {
      const { k, trigger, anchor, control, found, count: events } = cohorts[s]!;
      const values = columns[s]!;
      for (let e = 0; e < events; e++) {
        const own = values[trigger[e]!]!;
        if (Number.isNaN(own)) continue;
        const before = anchor[e]! - trigger[e]!;
        let [others, used] = [0, 0];
        for (let c = e * k; c < e * k + found[e]!; c++) {
          const row = control[c]! - before;
          if (row < 0 || Number.isNaN(values[row]!)) continue;
          others += values[row]!;
          used++;
        }
        if (used === 0) continue;
        sum += own - others / used;
        count++;
      }
    }
    return count === 0 ? null : sum / count;
  };
}
