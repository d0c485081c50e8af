import type { CompiledStudy } from './compile.ts';
import { estimateSlice, type SliceEstimate, type StudySymbol } from './estimateSlice.ts';
import type { StudyFrame } from './frame.ts';
import { judge } from './judge.ts';
import { placeboEffect } from './placebo.ts';
import { profileRows } from './profile.ts';
import { type PreparedStudy, prepareStudy, rangesOf } from './prepare.ts';
import type { NegativeControlRow, StudyResult, SurrogateEffects } from './result.ts';
import { placeboP, summarize } from './shift.ts';
import { balanceRows, controlRows, curveRows, eventRows, matchShares, outcomeRows, stabilityRows } from './tables.ts';

export interface StudyInput {
  readonly study: CompiledStudy;
  /** One per symbol, in any order; results do not depend on it. */
  readonly frames: readonly StudyFrame[];
  /** Root of all random streams. */
  readonly seed: number;
  /** The primary effect on markets without the structure, as `study calibrate` found it for this digest. */
  readonly surrogates?: readonly SurrogateEffects[];
  /** Whether the sealed last slice is looked at; its caller has to have recorded the opening. */
  readonly isHoldoutOpen?: boolean;
}

/**
 * Runs a study: fit on development, detect, match, estimate per slice, test against moved event times and surrogate markets, judge.
 * Pure. Data that are not there are an answer (`inconclusive`, with what is missing), never an exception.
 *
 * @source research specification 10.4
 */
export function runStudy(input: StudyInput): StudyResult {
  const { study } = input;
  const prepared = prepareStudy(study, input.frames, input.isHoldoutOpen === true);
  const { symbols, slices } = prepared;
  const stream = `seed=${input.seed}/study/${study.digest}`;
  const estimates =
    symbols.length === 0 ? [] : slices.map((slice) => estimateSlice({ study, slice, symbols, ranges: rangesOf(symbols, slice), stream }));
  return assemble(input, { ...prepared, estimates, stream });
}

function assemble(
  input: StudyInput,
  {
    symbols,
    slices,
    estimates,
    coverage,
    thresholds,
    missing,
    stream,
  }: PreparedStudy & { readonly estimates: readonly SliceEstimate[]; readonly stream: string },
): StudyResult {
  const { study } = input;
  const { primary } = study.document.hypothesis;
  const first = estimates.find(({ id }) => id === 'development');
  const effectOn = (slice: string) => estimates.find(({ id }) => id === slice)?.effects.find(({ estimand }) => estimand === primary) ?? null;
  const balance = estimates.flatMap((estimate) => balanceRows(study, symbols, estimate));
  const stability = estimates.flatMap((estimate) => stabilityRows(symbols, estimate, primary));
  const negativeControls = first === undefined ? [] : negativeControlRows(input, { symbols, first, stream });
  const { gates, verdict } = judge({
    study,
    primary: { development: effectOn('development'), confirmation: effectOn('confirmation') },
    balance: balance.filter(({ slice }) => slice === 'development'),
    ...(first === undefined ? { matchedShare: null, uniqueControlShare: null } : matchShares(first)),
    stability: stability.filter(({ slice }) => slice === 'development'),
    negativeControls,
  });
  const isShort = missing.length > 0;
  const found = isShort ? 'inconclusive' : verdict;
  const position = Object.keys(study.document.estimands).indexOf(primary);
  return {
    id: study.document.id,
    version: study.document.version,
    digest: study.digest,
    verdict: found,
    label: study.document.labels[found],
    missing,
    gates,
    events: eventRows(symbols, estimates),
    controls: controlRows(symbols, estimates),
    outcomes: outcomeRows(symbols, estimates),
    effects: estimates.flatMap(({ effects }) => effects),
    curves: estimates.flatMap((estimate) => curveRows(study, estimate)),
    profile: estimates.flatMap((estimate, i) => profileRows({ study, symbols, estimate, slice: slices[i]! })),
    balance,
    stability,
    negativeControls,
    thresholds,
    coverage,
    placeboDraws: first === undefined ? [] : [...first.nulls[position]!].filter((draw) => !Number.isNaN(draw)),
  };
}

function negativeControlRows(
  input: StudyInput,
  { symbols, first, stream }: { symbols: readonly StudySymbol[]; first: SliceEstimate; stream: string },
): NegativeControlRow[] {
  const { study } = input;
  const { primary, direction } = study.document.hypothesis;
  const observed = first.effects.find(({ estimand }) => estimand === primary)!;
  const estimands = Object.keys(study.document.estimands);
  const rows: NegativeControlRow[] = estimands.map((estimand, i) => ({
    slice: first.id,
    id: 'circular_shift',
    kind: 'circular_shift',
    estimand,
    ...summarize(first.nulls[i]!),
    observed: first.effects[i]!.effect,
    p: first.effects[i]!.p_raw,
  }));
  if (study.placebo !== null) rows.push(placeboEffect({ study, symbols, estimate: first, stream }));
  for (const { generator, effects } of input.surrogates ?? []) {
    const draws = Float64Array.from(effects, (effect) => effect ?? Number.NaN);
    rows.push({
      slice: first.id,
      id: `surrogate_${generator}`,
      kind: 'surrogate_market',
      estimand: primary,
      ...summarize(draws),
      observed: observed.effect,
      p: observed.effect === null ? null : placeboP(observed.effect, draws, direction),
    });
  }
  return rows;
}
