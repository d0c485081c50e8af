import type { GateResult, Verdict } from '../study/result.ts';

/**
 * What a study or policy study found, as whoever looks for an edge reads it: written by the study itself, beside its tables, so that no
 * reader has to guess what a column of a table means.
 */
export interface Candidate {
  readonly run_id: string;
  readonly source: CandidateSource;
  /** The study or policy study. */
  readonly subject: string;
  readonly version: number;
  readonly digest: string;
  /** The primary estimand of a study, a cell of a policy study. */
  readonly candidate: string;
  /** Candidates of one class are measured alike. Effects of two classes cannot be held against each other. */
  readonly class: string;
  /** What all gates say together. */
  readonly status: Verdict;
  /** On the development slice, with its interval. */
  readonly effect: number;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  /** Confidence of the interval. */
  readonly level: number;
  readonly unit: string;
  /** The same on the confirmation slice; null where nobody looked. */
  readonly confirmed_effect: number | null;
  readonly p: number | null;
  /** Adjusted by the study for whatever else it tested; its own p for a primary estimand, which is tested alone. */
  readonly p_adjusted: number | null;
  /** Events of a study, trades that a policy changed. */
  readonly n_events: number;
  readonly gates: CandidateGates;
  /** The overlay that a promoted cell drafts, as a path relative to the data root; null for everything else. */
  readonly overlay: string | null;
  /** Folder of the study's tables, relative to the data root. */
  readonly source_path: string;
}

export type CandidateSource = 'study' | 'policy';

/** Gates by what they said, in the order in which they were judged. */
export type CandidateGates = Readonly<Record<Verdict, readonly string[]>>;

/** Which study of which run, and where its tables lie. */
export type CandidateHead = Pick<Candidate, 'run_id' | 'source' | 'subject' | 'version' | 'digest' | 'source_path'>;

/** The file that every study leaves: how it went, and what it found. */
export interface CandidateFile extends CandidateHead {
  readonly verdict: Verdict;
  /** Why it could not be run, in sentences; empty when it was. */
  readonly missing: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** Name of that file in the folder of a study. */
export const candidateFileName = 'candidates.json';

/** Gates in short. */
export function gatesByStatus(gates: readonly GateResult[]): CandidateGates {
  const of = (status: Verdict): string[] => gates.flatMap((gate) => (gate.status === status ? [gate.id] : []));
  return { pass: of('pass'), fail: of('fail'), inconclusive: of('inconclusive') };
}
