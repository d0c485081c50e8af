import { benjaminiYekutieli } from '../../stats/multiple/adjust.ts';
import type { Verdict } from '../study/result.ts';
import type { Candidate, CandidateFile } from './candidate.ts';

export interface RankedCandidate extends Candidate {
  /** Benjamini-Yekutieli over every candidate of the list that has a p: whoever reads the list chooses from all of it. */
  readonly q: number | null;
  /** Place within its class, from 1. */
  readonly rank: number;
}

/** How one study of the list went. */
export type CandidateOrigin = Omit<CandidateFile, 'run_id' | 'candidates'> & { readonly candidates: number };

export interface CandidateList {
  readonly run_id: string;
  /** `no_study`: the run has none; `none_ran`: it has some, and none could be run; `no_candidates`: they ran and found nothing to rank. */
  readonly status: 'no_study' | 'none_ran' | 'no_candidates' | 'candidates';
  readonly studies: readonly CandidateOrigin[];
  /** Class by class, best first. */
  readonly candidates: readonly RankedCandidate[];
}

const order: readonly Verdict[] = ['pass', 'inconclusive', 'fail'];

/**
 * The candidates of all studies of a run in one list, ranked within classes of what is measured alike: by verdict, then q, adjusted p, p, and
 * the size of the effect. Nothing is ranked across classes: a difference of probabilities and basis points a day have no common scale.
 *
 * @param files of the run's studies and policy studies, in any order
 * @source governance specification 16.4 (X2 to X4); Benjamini & Yekutieli 2001
 */
export function rankCandidates(runId: string, files: readonly CandidateFile[]): CandidateList {
  const sorted = files.toSorted((a, b) => compareText(a.source, b.source) || compareText(a.subject, b.subject));
  const found = sorted.flatMap(({ candidates }) => candidates);
  const tested = found.filter(({ p }) => p !== null);
  const adjusted = benjaminiYekutieli(tested.map(({ p }) => p!));
  const withQ = found.map((candidate) => ({ ...candidate, q: candidate.p === null ? null : adjusted[tested.indexOf(candidate)]! }));
  const classes = [...new Set(withQ.map((candidate) => candidate.class))].sort();
  return {
    run_id: runId,
    status: statusOf(sorted, found.length),
    studies: sorted.map(({ source, subject, version, digest, source_path, verdict, missing, candidates }) => ({
      source,
      subject,
      version,
      digest,
      source_path,
      verdict,
      missing,
      candidates: candidates.length,
    })),
    candidates: classes.flatMap((name) =>
      withQ
        .filter((candidate) => candidate.class === name)
        .sort(better)
        .map((candidate, place) => ({ ...candidate, rank: place + 1 })),
    ),
  };
}

function statusOf(files: readonly CandidateFile[], candidates: number): CandidateList['status'] {
  if (files.length === 0) return 'no_study';
  if (candidates > 0) return 'candidates';
  return files.every(({ missing }) => missing.length > 0) ? 'none_ran' : 'no_candidates';
}

type Ranked = Candidate & { readonly q: number | null };

function better(a: Ranked, b: Ranked): number {
  return (
    order.indexOf(a.status) - order.indexOf(b.status) ||
    (a.q ?? 2) - (b.q ?? 2) ||
    (a.p_adjusted ?? 2) - (b.p_adjusted ?? 2) ||
    (a.p ?? 2) - (b.p ?? 2) ||
    Math.abs(b.effect) - Math.abs(a.effect) ||
    compareText(`${a.subject} ${a.candidate}`, `${b.subject} ${b.candidate}`)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
