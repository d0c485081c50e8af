import { relative } from 'node:path';
import type { ReportCandidates, ReportPolicy } from '../../report/model.ts';
import type { CandidateList } from '../../research/candidate/rank.ts';
import { draftFile } from '../../research/policy/draftOverlay.ts';
import { closestCell } from '../../research/policy/judge.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import { outputsWith, readText } from './artifacts.ts';
import type { PolicyVerdictFile } from './policyFiles.ts';
import type { Artifact, StageContext } from './stage.ts';

/** Candidates of each class that a report shows; the list has all. */
const shownPerClass = 5;

/** The run's policy studies in short and its candidates, from their files, each checked against its recorded hash. */
export async function readReportPolicies(
  context: StageContext,
): Promise<{ policies: ReportPolicy[]; candidates: ReportCandidates | null; inputs: Artifact[] }> {
  const policies: ReportPolicy[] = [];
  const inputs: Artifact[] = [];
  for (const document of context.config.policies ?? []) {
    const [file] = outputsWith(context, 'policy', `/policies/${document.id}/`).filter(({ path }) => path.endsWith('/verdict.json'));
    if (file === undefined) continue;
    policies.push(policyOf(context, document, JSON.parse(await readText(context, file)) as PolicyVerdictFile));
    inputs.push(file);
  }
  const [list] = outputsWith(context, 'edge_candidates', '/edge_candidates.json');
  if (list === undefined) return { policies, candidates: null, inputs };
  return { policies, candidates: candidatesOf(context, JSON.parse(await readText(context, list)) as CandidateList), inputs: [...inputs, list] };
}

function policyOf(context: StageContext, document: PolicyDocument, found: PolicyVerdictFile): ReportPolicy {
  const folder = fromReport(context, context.paths.policyReport(document.id, document.version, context.runId));
  const best = closestCell(found.cells);
  return {
    id: document.id,
    version: document.version,
    question: document.hypothesis.question,
    verdict: found.verdict,
    missing: found.missing,
    promoted: found.promoted.map((cell) => ({ cell, draft: `${folder}/${draftFile(document.id, cell)}` })),
    cells: found.family.cells,
    trials: found.family.distinct,
    prior: found.family.prior,
    best:
      best === null
        ? null
        : {
            cell: best.cell,
            difference: best.difference_bps,
            low: best.ci_low_bps,
            high: best.ci_high_bps,
            level: found.design.level,
            exposureKept: best.exposure_kept,
            pAdjusted: best.p_adjusted,
          },
    page: `${folder}/report.md`,
  };
}

function candidatesOf(context: StageContext, { status, candidates }: CandidateList): ReportCandidates {
  const pageOf = ({ source, source_path: folder }: (typeof candidates)[number]): string =>
    fromReport(context, `${context.paths.root}/${folder}/${source === 'study' ? 'report.html' : 'report.md'}`);
  const shown = candidates.filter(({ rank }) => rank <= shownPerClass).map((candidate) => ({ ...candidate, page: pageOf(candidate) }));
  return { status, total: candidates.length, shown, page: fromReport(context, `${context.paths.edgeCandidates(context.runId)}/edge_candidates.csv`) };
}

function fromReport({ paths, runId }: StageContext, path: string): string {
  return relative(paths.report(runId), path).replaceAll('\\', '/');
}
