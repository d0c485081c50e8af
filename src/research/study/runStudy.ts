import { placeboP, summarizeDraws } from '../../stats/events/placebo.ts';
import type { CompiledStudy } from './compile.ts';
import { estimateSlice, type SliceEstimate } from './estimateSlice.ts';
import type { StudyFrame } from './frame.ts';
import { judge } from './judge.ts';
import { profileRows } from './profile.ts';
import { type PreparedStudy, prepareStudy, rangesOf } from './prepare.ts';
import type { NegativeControlRow, StudyResult, SurrogateEffects } from './result.ts';
import { balanceRows, controlRows, curveRows, eventRows, matchShares, outcomeRows } from './tables.ts';
import { stabilityOf } from './stability.ts';

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
  return assemble(input, { ...prepared, estimates });
}

function assemble(
  input: StudyInput,
  { symbols, slices, estimates, coverage, thresholds, missing }: PreparedStudy & { readonly estimates: readonly SliceEstimate[] },
): StudyResult {
  const { study } = input;
  const { primary } = study.document.hypothesis;
  const first = estimates.find(({ id }) => id === 'development');
  const effectOn = (slice: string) => estimates.find(({ id }) => id === slice)?.effects.find(({ estimand }) => estimand === primary) ?? null;
  const balance = estimates.flatMap((estimate) => balanceRows(study, symbols, estimate));
  const stabilities = estimates.map((estimate) => stabilityOf(study, estimate));
  const stability = stabilities.flatMap(({ cells }) => cells);
  const negativeControls = first === undefined ? [] : negativeControlRows(input, first);
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
    heterogeneity: stabilities.flatMap(({ heterogeneity }) => heterogeneity),
    negativeControls,
    thresholds,
    coverage,
    placeboDraws: first === undefined ? [] : [...first.nulls[position]!].filter((draw) => !Number.isNaN(draw)),
  };
}

function negativeControlRows(input: StudyInput, first: SliceEstimate): NegativeControlRow[] {
  const { study } = input;
  const { primary, direction } = study.document.hypothesis;
  const observed = first.effects.find(({ estimand }) => estimand === primary)!;
  const estimands = Object.keys(study.document.estimands);
  const rows: NegativeControlRow[] = estimands.map((estimand, i) => ({
    slice: first.id,
    id: 'circular_shift',
    kind: 'circular_shift',
    estimand,
    ...distribution(first.nulls[i]!),
    observed: first.effects[i]!.effect,
    p: first.effects[i]!.p_raw,
  }));
  if (first.placebo !== null) {
    const { observed: effect, draws } = first.placebo;
    const p = effect === null ? null : placeboP(effect, draws, 'different');
    const kind = 'placebo_outcome' as const;
    rows.push({ slice: first.id, id: kind, kind, estimand: kind, ...distribution(draws), observed: effect, p });
  }
  for (const { generator, effects } of input.surrogates ?? []) {
    const draws = Float64Array.from(effects, (effect) => effect ?? Number.NaN);
    rows.push({
      slice: first.id,
      id: `surrogate_${generator}`,
      kind: 'surrogate_market',
      estimand: primary,
      ...distribution(draws),
      observed: observed.effect,
      p: observed.effect === null ? null : placeboP(observed.effect, draws, direction),
    });
  }
  return rows;
}

function distribution(draws: Float64Array): Pick<NegativeControlRow, 'draws' | 'null_mean' | 'null_sd'> {
  const { draws: count, mean, sd } = summarizeDraws(draws);
  return { draws: count, null_mean: mean, null_sd: sd };
}
