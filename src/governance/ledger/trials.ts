import { hashOf } from '../../core/canonicalJson.ts';
import type { LedgerEntry, TrialsBody } from './entry.ts';

/** Family of what nobody named a hypothesis for. */
export const defaultHypothesis = 'unregistered';

/** How much had been tried when a run ended, itself included: what its report is allowed to know about the ledger. */
export interface TrialFacts {
  readonly hypothesis: string;
  readonly trials: number;
  /** Variance across trials of the daily Sharpe ratio, per day; null for fewer than two. */
  readonly sharpe_variance: number | null;
}

/** How much has been tried in a family, as the ledger has it. The only place that counts trials. */
export interface TrialCount {
  readonly hypothesis: string;
  /** Results that could have been chosen from. */
  readonly trials: number;
  /** Entries that they come from. */
  readonly entries: number;
  /** Values of the figure of merit of the entries that have one, in order; what the variance across trials is taken from. */
  readonly values: readonly number[];
  /** First entry's date: trials before the ledger began are not in it. */
  readonly since: string | null;
}

/**
 * Trials of a hypothesis. A rerun of exactly the same thing is not another trial: entries count once per digest.
 *
 * @param metric figure of merit whose values are collected, for example `sharpe_daily_per_period`
 */
export function countTrials(entries: readonly LedgerEntry[], hypothesis: string, metric?: string): TrialCount {
  const found = entries.flatMap(({ at, body }) => (body.t === 'TRIALS' && body.hypothesis === hypothesis ? [{ at, body }] : []));
  return tallyTrials(hypothesis, found, metric);
}

/** Trials that belong together, each digest once. @param name what they belong to */
export function tallyTrials(name: string, found: readonly { readonly at: string; readonly body: TrialsBody }[], metric?: string): TrialCount {
  const bodies = [...new Map(found.map(({ body }) => [body.digest, body])).values()];
  return {
    hypothesis: name,
    trials: bodies.reduce((sum, { trials }) => sum + trials, 0),
    entries: bodies.length,
    values: bodies.flatMap(({ result }) => (result.value !== null && result.metric === metric ? [result.value] : [])),
    since: found[0]?.at ?? null,
  };
}

/** What is not in the ledger yet, of bodies that are about to be written. */
export function unrecorded(entries: readonly LedgerEntry[], bodies: readonly TrialsBody[]): TrialsBody[] {
  const known = new Set(entries.flatMap(({ body }) => (body.t === 'TRIALS' ? [`${body.hypothesis} ${body.digest}`] : [])));
  return bodies.filter(({ hypothesis, digest }) => !known.has(`${hypothesis} ${digest}`));
}

/** Identity of a trial: what was tried on what. */
export function trialDigest(what: Readonly<Record<string, unknown>>): string {
  return hashOf(what);
}
