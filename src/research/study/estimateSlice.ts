import { dayMs } from '../../core/time.ts';
import { placeboP } from '../../stats/events/placebo.ts';
import { stepDownDraws } from '../../stats/multiple/stepDownDraws.ts';
import { type Cell, cellsOf } from './cells.ts';
import type { Cohort } from './cohort.ts';
import type { CompiledStudy } from './compile.ts';
import { type CohortPart, type Contrast, loadContrasts } from './contrast.ts';
import type { RowRange } from './frame.ts';
import { type MatchedSymbol, Matcher } from './match.ts';
import { OutcomeBoard } from './outcomeBoard.ts';
import { placeboEffect } from './placebo.ts';
import { dayBlockIntervals, type Interval, meanBlockDays } from './resample.ts';
import type { EffectRow, SliceId } from './result.ts';
import { type ShiftedFamily, shiftedEffects } from './shift.ts';
import type { StudySymbol } from './studySymbol.ts';
import { TimedContrast } from './timedContrast.ts';
import { ValueContrast } from './valueContrast.ts';

export interface SliceInput {
  readonly study: CompiledStudy;
  readonly slice: { readonly id: SliceId; readonly start: number; readonly end: number };
  readonly symbols: readonly StudySymbol[];
  /** Rows of the slice per symbol, in the order of the symbols. */
  readonly ranges: readonly RowRange[];
  /** Prefix of all stream names of the study. */
  readonly stream: string;
}

/** A slice with its matched events, effects of every estimand, and the null draws of each. */
export interface SliceEstimate {
  readonly id: SliceId;
  readonly matched: readonly MatchedSymbol[];
  readonly ranges: readonly RowRange[];
  readonly contrasts: ReadonlyMap<string, Contrast>;
  /** Mean length of the blocks of days that each estimand's interval was resampled in. */
  readonly meanBlocks: ReadonlyMap<string, number>;
  /** Cells of the primary estimand with their intervals. */
  readonly cells: readonly (Cell & { readonly interval: Interval | null })[];
  readonly effects: readonly EffectRow[];
  /** [estimands][draws] effects under moved event times. */
  readonly nulls: readonly Float64Array[];
  /** The placebo outcome with its own draws, on the development slice of a study that has one. */
  readonly placebo: { readonly observed: number | null; readonly draws: Float64Array } | null;
}

/** Estimates every estimand of a study on one slice. Pure; the same input gives the same bytes in any order of symbols' computation. */
export function estimateSlice(input: SliceInput): SliceEstimate {
  const { study, slice, symbols, ranges } = input;
  const { document } = study;
  const { matchers, matched } = matchSlice(input);
  const estimands = Object.keys(document.estimands);
  const boards = symbols.map(({ board }) => board);
  const own = contrastsOf(input, { estimands, boards, cohorts: matched.map(({ cohort }) => cohort) })();
  const { nulls, placebo } = nullDraws(input, { matchers, matched });
  const observed = own.map((contrast) => contrast.value(null));
  const { meanBlocks, intervals, cells } = resampled(input, matched, own);
  const primary = estimands.indexOf(document.hypothesis.primary);
  const others = estimands.map((_, i) => i).filter((i) => i !== primary);
  const adjusted = stepDownDraws(
    others.map((i) => observed[i]?.effect ?? null),
    others.map((i) => nulls[i]!),
  );
  const effects = estimands.map((id, i): EffectRow => {
    const value = observed[i] ?? null;
    const p = value === null ? null : placeboP(value.effect, nulls[i]!, i === primary ? document.hypothesis.direction : 'different');
    return {
      slice: slice.id,
      estimand: id,
      split: 'all',
      level: 'ALL',
      ...counts(own[i]!, null),
      event: value?.event ?? null,
      control: value?.control ?? null,
      effect: value?.effect ?? null,
      ci_low: intervals[i]?.low ?? null,
      ci_high: intervals[i]?.high ?? null,
      p_raw: p,
      p_adjusted: i === primary ? p : (adjusted[others.indexOf(i)] ?? null),
      block_days: intervals[i] === null ? null : meanBlocks[i]!,
    };
  });
  return {
    id: slice.id,
    matched,
    ranges,
    contrasts: new Map(estimands.map((id, i) => [id, own[i]!])),
    meanBlocks: new Map(estimands.map((id, i) => [id, meanBlocks[i]!])),
    cells,
    effects,
    nulls,
    placebo,
  };
}

/** The effect of the primary estimand alone, without its uncertainty: what surrogate markets are measured by. Null where it cannot be told. */
export function primaryEffect(input: SliceInput): number | null {
  const { primary } = input.study.document.hypothesis;
  const { outcome } = input.study.document.estimands[primary]!;
  const cohorts = matchSlice(input).matched.map(({ cohort }) => cohort);
  const boards = input.symbols.map(({ outcomes }) => new OutcomeBoard([outcomes.get(outcome)!]));
  return contrastsOf(input, { estimands: [primary], boards, cohorts })()[0]!.effect(null);
}

function matchSlice({ symbols, ranges }: SliceInput): { matchers: Matcher[]; matched: MatchedSymbol[] } {
  const matchers = symbols.map(({ series }, i) => new Matcher(series, ranges[i]!));
  const matched = matchers.map((matcher, i) =>
    matcher.match(symbols[i]!.events.filter(({ trigger, anchor }) => trigger >= ranges[i]!.from && matcher.isEligible(anchor))),
  );
  return { matchers, matched };
}

/** Contrasts of estimands, in their order, over cohorts: each call takes what the cohorts hold by then. */
function contrastsOf(
  { study, ranges, symbols }: SliceInput,
  { estimands, boards, cohorts }: { estimands: readonly string[]; boards: readonly OutcomeBoard[]; cohorts: readonly Cohort[] },
): () => Contrast[] {
  const contrasts = estimands.map((id) => {
    const { outcome, statistic } = study.document.estimands[id]!;
    const { kind, window, ages } = study.outcomes.find((candidate) => candidate.id === outcome)!;
    const isTimed = statistic === 'risk_difference' || statistic === 'restricted_mean_difference';
    return isTimed
      ? new TimedContrast({
          outcome,
          isRisk: statistic === 'risk_difference',
          ages,
          least: window[kind === 'decay_time' ? 1 : 0],
          horizon: study.horizon,
        })
      : new ValueContrast(outcome, statistic === 'median_difference' ? 'median' : 'mean');
  });
  const parts = cohorts.map((cohort, i): CohortPart => ({
    cohort,
    board: boards[i]!,
    openTime: symbols[i]!.series.frame.openTime,
    end: ranges[i]!.to,
  }));
  return () => {
    loadContrasts(contrasts, parts);
    return contrasts;
  };
}

/** Effects of all estimands, and of the placebo outcome where there is one, under moved event times. */
function nullDraws(
  input: SliceInput,
  { matchers, matched }: { matchers: readonly Matcher[]; matched: readonly MatchedSymbol[] },
): Pick<SliceEstimate, 'nulls' | 'placebo'> {
  const { study, slice, symbols, ranges, stream } = input;
  const parts = matched.map(({ cohort }, i) => ({
    frame: symbols[i]!.series.frame,
    range: ranges[i]!,
    events: cohort,
    moved: matchers[i]!.cohort(cohort.count),
    matcher: matchers[i]!,
    allowed: study.document.inference.moved_onto === 'controls' ? symbols[i]!.series.of(study.where!) : null,
  }));
  const moved = parts.map((part) => part.moved);
  const estimands = Object.keys(study.document.estimands);
  const contrasts = contrastsOf(input, { estimands, boards: symbols.map(({ board }) => board), cohorts: moved });
  const families: ShiftedFamily[] = [
    { stream: `${stream}/shift/${slice.id}`, size: estimands.length, measure: () => contrasts().map((contrast) => contrast.effect(null)) },
  ];
  const effect = study.placebo === null || slice.id !== 'development' ? null : placeboEffect(study, symbols);
  if (effect !== null) families.push({ stream: `${stream}/placebo/${slice.id}`, size: 1, measure: () => [effect(moved)] });
  const [nulls, placebo] = shiftedEffects(parts, families, { draws: study.document.inference.shifts, barMs: study.barMs });
  return {
    nulls: nulls!,
    placebo: effect === null ? null : { observed: effect(matched.map(({ cohort }) => cohort)), draws: placebo![0]! },
  };
}

/** Intervals of all estimands, and of the primary one in its cells, from one set of resampled days. */
function resampled({ study, slice, symbols, stream }: SliceInput, matched: readonly MatchedSymbol[], contrasts: readonly Contrast[]) {
  const { hypothesis, estimands, inference } = study.document;
  const firstDay = Math.floor(slice.start / dayMs);
  const days = Math.ceil(slice.end / dayMs) - firstDay;
  const least = 1 + Math.ceil((study.horizon * study.barMs) / dayMs);
  const meanBlocks = contrasts.map((contrast) => meanBlockDays(contrast, { firstDay, days }, least));
  const primary = Object.keys(estimands).indexOf(hypothesis.primary);
  const cells = cellsOf(symbols, matched, contrasts[primary]!.owners);
  const effects = [
    ...contrasts.map((contrast, i) => ({ contrast, isIn: null, meanBlock: meanBlocks[i]! })),
    ...cells.map(({ isIn }) => ({ contrast: contrasts[primary]!, isIn, meanBlock: meanBlocks[primary]! })),
  ];
  const all = dayBlockIntervals(effects, { firstDay, days, draws: inference.draws, stream: `${stream}/bootstrap/${slice.id}` }, inference.level);
  return {
    meanBlocks,
    intervals: all.slice(0, contrasts.length),
    cells: cells.map((cell, i) => ({ ...cell, interval: all[contrasts.length + i]! })),
  };
}

/** Events, controls and distinct days behind an effect, for all events or those with a weight. */
export function counts(contrast: Contrast, weights: Float64Array | null): { n_events: number; n_controls: number; n_effective: number } {
  const isUsed = (i: number): boolean => weights === null || weights[i]! > 0;
  const used = contrast.days.filter((_, i) => isUsed(i));
  const controls = contrast.controlsOf.reduce((sum, count, i) => (isUsed(i) ? sum + count : sum), 0);
  return { n_events: used.length, n_controls: controls, n_effective: new Set(used).size };
}
