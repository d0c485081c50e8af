import { prettyJson } from '../core/canonicalJson.ts';
import type { StudyFrame } from '../research/study/frame.ts';
import { runStudy } from '../research/study/runStudy.ts';
import { writeText } from './lib/artifacts.ts';
import { readCalibration } from './lib/calibrationFiles.ts';
import { loadStudyFrame } from './lib/extraFrame.ts';
import { compiledStudies } from './lib/featurePlan.ts';
import { type Artifact, defineStage, type StageContext } from './lib/stage.ts';
import { studyLock, studyPageModel, studyTables } from './lib/studyFiles.ts';

export default defineStage({
  id: 'studies',
  summary: 'runs event studies: what follows an event, beside matched moments without one',
  after: ['clean', 'clean_extra', 'features', 'context'],
  precedes: ['backtest'],
  parameters: ({ symbols, studies = [], openHoldout = [], seed }) => ({ symbols, studies, open_holdout: openHoldout, seed }),
  isWanted: (config) => (config.studies ?? []).length > 0,
  externals: async (context) => (await calibrations(context)).flatMap((found) => (found === null ? [] : [found.artifact])),
  finish: async (context) => {
    const frames: StudyFrame[] = [];
    const inputs: Artifact[] = [];
    for (const symbol of context.config.symbols) {
      const loaded = await loadStudyFrame(context, symbol);
      frames.push(loaded.frame);
      inputs.push(...loaded.inputs);
    }
    const found = await calibrations(context);
    inputs.push(...found.flatMap((calibration) => (calibration === null ? [] : [calibration.artifact])));
    const outputs: Artifact[] = [];
    const verdicts: Record<string, unknown> = {};
    for (const [i, study] of compiledStudies(context).entries()) {
      context.note(`study ${study.document.id}`);
      const surrogates = found[i]?.calibration.surrogates ?? [];
      const isHoldoutOpen = (context.config.openHoldout ?? []).includes(study.document.id);
      const result = runStudy({ study, frames, seed: context.config.seed, surrogates, isHoldoutOpen });
      const lock = studyLock({ study, seed: context.config.seed, inputs, frames });
      outputs.push(...(await writeStudy(context, { study, result, lock, frames, surrogates, isHoldoutOpen })));
      const { primary } = study.document.hypothesis;
      const p = result.effects.find(({ estimand, slice }) => estimand === primary && slice === 'development')?.p_raw ?? null;
      const estimands = Object.keys(study.document.estimands).length;
      verdicts[result.id] = { version: result.version, digest: result.digest, verdict: result.verdict, label: result.label, p, estimands };
    }
    return { inputs, outputs, effective: { studies: verdicts }, counts: { studies: Object.keys(verdicts).length }, findings: [] };
  },
});

function calibrations(context: StageContext) {
  return Promise.all(compiledStudies(context).map((study) => readCalibration(context.effects.files, context.paths, study, context.config)));
}

type Done = Omit<Parameters<typeof studyPageModel>[0], 'runId' | 'artifacts'>;

/** Tables first, then the pages that name them by their hashes. */
async function writeStudy(context: StageContext, done: Done): Promise<Artifact[]> {
  const { result, lock, surrogates } = done;
  const folder = context.paths.studyReport(result.id, result.version, context.runId);
  const artifacts = [await writeText(context, `${folder}/study.lock.json`, prettyJson(lock))];
  for (const { name, text, rows } of studyTables(result, surrogates)) artifacts.push(await writeText(context, `${folder}/${name}`, text, rows));
  const { renderLock } = await import('../report/study/renderLock.ts');
  const { renderStudyMarkdown } = await import('../report/study/renderStudyMarkdown.ts');
  const { renderStudyPage } = await import('../report/study/renderStudyPage.ts');
  const model = studyPageModel({ ...done, runId: context.runId, artifacts });
  const pages = { 'lock.md': renderLock(model), 'report.md': renderStudyMarkdown(model), 'report.html': await renderStudyPage(model) };
  for (const [name, text] of Object.entries(pages)) artifacts.push(await writeText(context, `${folder}/${name}`, text));
  return artifacts;
}
