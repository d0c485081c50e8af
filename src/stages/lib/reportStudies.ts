import { relative } from 'node:path';
import type { ReportStudy } from '../../report/model.ts';
import { unitOf } from '../../report/study/units.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import { outputsWith, readText } from './artifacts.ts';
import type { Artifact, StageContext } from './stage.ts';
import type { VerdictFile } from './studyFiles.ts';

/** The run's studies in short, from their verdicts, each file checked against its recorded hash. */
export async function readReportStudies(context: StageContext): Promise<{ studies: ReportStudy[]; inputs: Artifact[] }> {
  const studies: ReportStudy[] = [];
  const inputs: Artifact[] = [];
  for (const document of context.config.studies ?? []) {
    const [file] = outputsWith(context, 'studies', `/studies/${document.id}/`).filter(({ path }) => path.endsWith('/verdict.json'));
    if (file === undefined) continue;
    studies.push(studyOf(context, document, JSON.parse(await readText(context, file)) as VerdictFile));
    inputs.push(file);
  }
  return { studies, inputs };
}

function studyOf({ paths, runId }: StageContext, document: StudyDocument, found: VerdictFile): ReportStudy {
  const { primary, question } = document.hypothesis;
  const row = found.effects.find(({ estimand, slice }) => estimand === primary && slice === 'development') ?? null;
  return {
    id: document.id,
    version: document.version,
    question,
    verdict: found.verdict,
    label: found.label,
    missing: found.missing,
    open: Object.entries(found.gates).flatMap(([gate, status]) => (status === 'pass' ? [] : [gate])),
    primary: {
      estimand: primary,
      unit: unitOf(document, primary),
      events: row?.n_events ?? 0,
      effect: row?.effect ?? null,
      low: row?.ci_low ?? null,
      high: row?.ci_high ?? null,
      level: document.inference.level,
      p: row?.p_raw ?? null,
    },
    page: relative(paths.report(runId), `${paths.studyReport(document.id, document.version, runId)}/report.html`).replaceAll('\\', '/'),
  };
}
