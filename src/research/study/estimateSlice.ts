import { dayMs } from '../../core/time.ts';
import type { CompiledStudy } from './compile.ts';
import { type Contrast, contrastOf } from './contrast.ts';
import type { StudyEvent } from './detect.ts';
import { type RowRange, type StudySeries } from './frame.ts';
import { type MatchedSymbol, Matcher } from './match.ts';
import { OutcomeColumn } from './outcomes.ts';
import { dayBlockInterval } from './resample.ts';
import type { EffectRow, SliceId } from './result.ts';
import { placeboP, shiftedEffects, stepDownP } from './shift.ts';

/** One symbol, ready to be estimated on: its series, and its outcomes measured once for all slices. */
export interface StudySymbol {
  readonly series: StudySeries;
  readonly events: readonly StudyEvent[];
  readonly outcomes: ReadonlyMap<string, OutcomeColumn>;
}

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
  readonly matchers: readonly Matcher[];
  readonly ranges: readonly RowRange[];
  readonly contrasts: ReadonlyMap<string, Contrast>;
  readonly effects: readonly EffectRow[];
  /** [estimands][draws] effects under moved event times. */
  readonly nulls: readonly Float64Array[];
}

/** Outcome columns of a symbol, by id. */
export function outcomeColumns(series: StudySeries): Map<string, OutcomeColumn> {
  return new Map(series.study.outcomes.map((outcome) => [outcome.id, new OutcomeColumn(series, outcome)]));
}

/** Estimates every estimand of a study on one slice. Pure; the same input gives the same bytes in any order of symbols' computation. */
export function estimateSlice(input: SliceInput): SliceEstimate {
  const { study, slice, symbols, ranges, stream } = input;
  const { document } = study;
  const { matchers, inside, matched } = matchSlice(input);
  const estimands = Object.entries(document.estimands);
  const contrastsFor = (found: readonly MatchedSymbol[]): Contrast[] => contrasts(input, found);
  const own = contrastsFor(matched);
  const nulls = shiftedEffects(
    symbols.map((_, i) => ({ range: ranges[i]!, events: inside[i]!, matcher: matchers[i]! })),
    (found) => contrastsFor(found).map((contrast) => contrast.value(null)?.effect ?? null),
    { draws: document.inference.shifts, stream: `${stream}/shift/${slice.id}`, estimands: estimands.length },
  );
  const observed = own.map((contrast) => contrast.value(null));
  const primary = estimands.findIndex(([id]) => id === document.hypothesis.primary);
  const others = estimands.map((_, i) => i).filter((i) => i !== primary);
  const adjusted = stepDownP(
    others.map((i) => observed[i]?.effect ?? null),
    others.map((i) => nulls[i]!),
  );
  const effects = estimands.map(([id], i): EffectRow => {
    const value = observed[i] ?? null;
    const interval = dayBlockInterval(own[i]!, { ...blocks(input), stream: `${stream}/bootstrap/${slice.id}` }, document.inference.level);
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
      ci_low: interval?.low ?? null,
      ci_high: interval?.high ?? null,
      p_raw: p,
      p_adjusted: i === primary ? p : (adjusted[others.indexOf(i)] ?? null),
    };
  });
  return { id: slice.id, matched, matchers, ranges, contrasts: new Map(estimands.map(([id], i) => [id, own[i]!])), effects, nulls };
}

/** The effect of the primary estimand alone, without its uncertainty: what surrogate markets are measured by. Null where it cannot be told. */
export function primaryEffect(input: SliceInput): number | null {
  const { primary } = input.study.document.hypothesis;
  const place = Object.keys(input.study.document.estimands).indexOf(primary);
  return contrasts(input, matchSlice(input).matched, [place])[0]!.value(null)?.effect ?? null;
}

function matchSlice({ symbols, ranges }: SliceInput): { matchers: Matcher[]; inside: StudyEvent[][]; matched: MatchedSymbol[] } {
  const matchers = symbols.map(({ series }, i) => new Matcher(series, ranges[i]!));
  const inside = symbols.map(({ events }, i) =>
    events.filter(({ trigger, anchor }) => trigger >= ranges[i]!.from && matchers[i]!.isEligible(anchor)),
  );
  return { matchers, inside, matched: matchers.map((matcher, i) => matcher.match(inside[i]!)) };
}

/** One contrast per estimand, in the document's order; of all of them or of those at some places. */
function contrasts({ study, symbols, ranges }: SliceInput, matched: readonly MatchedSymbol[], places?: readonly number[]): Contrast[] {
  const start = new Map(symbols.map(({ series }) => [series.frame.symbol, series.frame.openTime]));
  const dayOf = (symbol: string, row: number): number => Math.floor(start.get(symbol)![row]! / dayMs);
  const until = matched.map(({ events }, i) => followUntil(events, study.horizon, ranges[i]!));
  const estimands = Object.values(study.document.estimands);
  const wanted = places === undefined ? estimands : places.map((place) => estimands[place]!);
  return wanted.map(({ outcome, statistic }) =>
    contrastOf(
      matched.map((found, i) => ({ matched: found, outcome: symbols[i]!.outcomes.get(outcome)!, followUntil: until[i]! })),
      dayOf,
      { statistic, window: study.outcomes.find(({ id }) => id === outcome)!.window },
    ),
  );
}

/** Last age at which each event can be followed before the next one of the symbol triggers. */
function followUntil(events: readonly StudyEvent[], horizon: number, { to }: RowRange): Int32Array {
  const ordered = Int32Array.from(events, ({ trigger }) => trigger).sort();
  return Int32Array.from(events, ({ anchor }) => {
    const next = ordered.find((trigger) => trigger > anchor) ?? to;
    return Math.min(horizon, next - anchor - 1);
  });
}

/** Calendar days that a slice's resampling moves over: mean block as long as the outcome horizon at least. */
function blocks({ study, slice }: SliceInput): { firstDay: number; days: number; meanBlock: number; draws: number } {
  const firstDay = Math.floor(slice.start / dayMs);
  return {
    firstDay,
    days: Math.ceil(slice.end / dayMs) - firstDay,
    meanBlock: 1 + Math.ceil(study.horizon / 96),
    draws: study.document.inference.draws,
  };
}

/** Events, controls and distinct days behind an effect, for all events or those with a weight. */
export function counts(contrast: Contrast, weights: Float64Array | null): { n_events: number; n_controls: number; n_effective: number } {
  const isUsed = (i: number): boolean => weights === null || weights[i]! > 0;
  const used = [...contrast.days].filter((_, i) => isUsed(i));
  const controls = contrast.controlsOf.reduce((sum, count, i) => (isUsed(i) ? sum + count : sum), 0);
  return { n_events: used.length, n_controls: controls, n_effective: new Set(used).size };
}
