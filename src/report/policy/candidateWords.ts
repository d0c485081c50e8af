import type { CandidateList } from '../../research/candidate/rank.ts';

/** What a list of candidates says as a whole. */
export const candidateStatus: Readonly<Record<CandidateList['status'], string>> = {
  no_study: 'The run has no study and no policy study: nothing could be found.',
  none_ran: 'No study of the run could be run: nothing could be found.',
  no_candidates: 'The studies ran and left no effect to rank.',
  candidates: 'Studies left effects to rank.',
};
