import { prettyJson } from '../core/canonicalJson.ts';
import { AppError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import { relativePath } from '../lake/paths.ts';
import { candidateFileName } from '../research/candidate/candidate.ts';
import { type CandidateList, rankCandidates } from '../research/candidate/rank.ts';
import { outputsWith, writeText } from './lib/artifacts.ts';
import { candidatesCsv, readCandidateFile, storedCandidates } from './lib/candidateFiles.ts';
import { defineStage, type StageContext } from './lib/stage.ts';

export default defineStage({
  id: 'edge_candidates',
  summary: 'lists what studies and policy studies found, ranked among what is measured alike',
  after: ['studies', 'policy'],
  precedes: ['backtest'],
  parameters: ({ edgeCandidates = false }) => ({ edge_candidates: edgeCandidates }),
  isWanted: ({ edgeCandidates }) => edgeCandidates === true,
  finish: async (context) => {
    const { paths, runId } = context;
    const inputs = ['studies', 'policy'].flatMap((stage) => outputsWith(context, stage, `/${candidateFileName}`));
    const files = [];
    for (const input of inputs) files.push(await readCandidateFile(context, input));
    const list = rankCandidates(runId, files);
    const folder = paths.edgeCandidates(runId);
    await refuseEmptying(context, `${folder}/edge_candidates.json`, list);
    const outputs = [
      await writeText(context, `${folder}/edge_candidates.json`, prettyJson(list)),
      await writeText(context, `${folder}/edge_candidates.csv`, candidatesCsv(list), list.candidates.length),
    ];
    const counts = { studies: list.studies.length, candidates: list.candidates.length };
    return { inputs, outputs, effective: { status: list.status }, counts, findings: findingsOf(list) };
  },
});

/**
 * A list that holds something is never replaced by an empty one unless the run is made anew on purpose: what was found would be gone because
 * data or documents are, and nobody would notice.
 */
async function refuseEmptying(context: StageContext, path: string, list: CandidateList): Promise<void> {
  if (context.isForced || list.candidates.length > 0) return;
  const stored = await storedCandidates(context, path);
  if (stored > 0) throw new AppError('E_RESULT_EMPTIED', { path: relativePath(context.paths.root, path), count: stored });
}

function findingsOf({ run_id: subject, status, studies }: CandidateList): Finding[] {
  const severity = 'warning';
  if (status === 'no_study')
    return [{ code: 'CANDIDATES_NO_STUDY', severity, subject, message: 'the run has no study and no policy study, so nothing could be found' }];
  if (status !== 'none_ran') return [];
  const message = `none of ${studies.length} studies could be run, so nothing could be found; each says why`;
  return [{ code: 'CANDIDATES_NONE_RAN', severity, subject, message }];
}
