import { mean } from '../moments.ts';
import { requireFinite } from '../requireFinite.ts';
import { matchControls } from './matchControls.ts';

/** An event or a candidate control as a record; further fields are labels to match on. */
export interface MatchRecord {
  readonly id: string;
  readonly symbol: string;
  readonly bar: number;
  readonly covariate: number;
  readonly outcome: number;
}

export interface MatchedEffectsOptions {
  readonly controlsPerEvent: number;
  /** Bars before and after every event of a symbol that its controls stay out of, ends included. */
  readonly exclusionBars: number;
  /** Names of the fields that must be equal, besides the symbol. */
  readonly exact: readonly string[];
}

export interface MatchedEffects {
  readonly matches: readonly { readonly event: string; readonly controls: readonly string[] }[];
  /** Events short of controls, in input order. */
  readonly unmatched: readonly string[];
  /** Outcome minus mean of the controls, per matched event. */
  readonly effects: Float64Array;
  readonly meanEffect: number | null;
}

/**
 * Effect of each event against its nearest controls of the same symbol and labels, controls serving any number of events.
 *
 * @param events  in any order, read only
 * @param pool    candidates in any order, read only
 * @param options how many controls, how far from events, equal in what
 * @returns       null mean when no event is matched
 * @throws E_INTERNAL on numbers that are not finite
 * @source Rosenbaum 2010; statistics specification section 8
 * @vector events.matchedControls
 */
export function matchedEffects(events: readonly MatchRecord[], pool: readonly MatchRecord[], options: MatchedEffectsOptions): MatchedEffects {
  for (const records of [events, pool])
    requireFinite(
      Float64Array.from(records, ({ outcome }) => outcome),
      'outcome',
    );
  const controlsOf = new Map<MatchRecord, MatchRecord[]>();
  for (const symbol of new Set(events.map((event) => event.symbol))) {
    const [own, candidates] = [events, pool].map((records) => records.filter((record) => record.symbol === symbol)) as [MatchRecord[], MatchRecord[]];
    for (const [event, controls] of matchSymbol(own, candidates, options)) controlsOf.set(event, controls);
  }
  const matched = events.filter((event) => controlsOf.has(event));
  const effects = Float64Array.from(matched, (event) => event.outcome - mean(controlsOf.get(event)!.map(({ outcome }) => outcome))!);
  return {
    matches: matched.map((event) => ({ event: event.id, controls: controlsOf.get(event)!.map(({ id }) => id) })),
    unmatched: events.filter((event) => !controlsOf.has(event)).map(({ id }) => id),
    effects,
    meanEffect: mean(effects),
  };
}

function matchSymbol(events: readonly MatchRecord[], pool: readonly MatchRecord[], options: MatchedEffectsOptions): [MatchRecord, MatchRecord[]][] {
  const { controlsPerEvent, exclusionBars, exact } = options;
  const codes = new Map<string, number>();
  const codeOf = (record: MatchRecord) => {
    const key = JSON.stringify(exact.map((name) => (record as unknown as Record<string, unknown>)[name]));
    if (!codes.has(key)) codes.set(key, codes.size);
    return codes.get(key)!;
  };
  const [eventRows, poolRows] = [events, pool].map((records) => ({
    bar: records.map(({ bar }) => bar),
    strata: [records.map(codeOf)],
    covariates: [records.map(({ covariate }) => covariate)],
  }));
  const { controls, unmatched } = matchControls(eventRows!, poolRows!, {
    controlsPerEvent,
    exclusion: { before: exclusionBars, after: exclusionBars },
  });
  const isUnmatched = new Set(unmatched);
  return events.flatMap((event, row) => {
    if (isUnmatched.has(row)) return [];
    const chosen = controls.subarray(row * controlsPerEvent, (row + 1) * controlsPerEvent);
    return [[event, Array.from(chosen, (control) => pool[control]!)]];
  });
}
