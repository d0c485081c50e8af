import { prettyJson } from '../core/canonicalJson.ts';
import { relativePath } from '../lake/paths.ts';
import { candidateFileName } from '../research/candidate/candidate.ts';
import { studyCandidates } from '../research/candidate/studyCandidates.ts';
import type { Frame } from '../engine/frame.ts';
import type { CompiledStudy } from '../research/study/compile.ts';
import type { StudyFrame } from '../research/study/frame.ts';
import { certificationOf } from '../research/certificate/certification.ts';
import { runStudy } from '../research/study/runStudy.ts';
import { writeText } from './lib/artifacts.ts';
import { readCalibration } from './lib/calibrationFiles.ts';
import { readShippedCertificate } from './lib/certificateFiles.ts';
import { loadStudyFrame } from './lib/extraFrame.ts';
import { compiledStudies } from './lib/featurePlan.ts';
import { type Artifact, defineStage, type StageContext } from './lib/stage.ts';
import { studyLock, studyPageModel, studyTables } from './lib/studyFiles.ts';
import { absentSeconds, loadStudySeconds } from './lib/studySeconds.ts';

export default defineStage({
  id: 'studies',
  summary: 'runs event studies: what follows an event, beside matched moments without one',
  after: ['ingest_extra', 'clean', 'clean_extra', 'features', 'context'],
  precedes: ['backtest'],
  parameters: ({ symbols, studies = [], openHoldout = [], seed }) => ({ symbols, studies, open_holdout: openHoldout, seed }),
  isWanted: (config) => (config.studies ?? []).length > 0,
  externals: async (context) => {
    const shipped = await readShippedCertificate(context.effects.files);
    return [...(await calibrations(context)), shipped].flatMap((found) => (found === null ? [] : [found.artifact]));
  },
  finish: async (context) => {
    const bars: Frame[] = [];
    const inputs: Artifact[] = [];
    for (const symbol of context.config.symbols) {
      const loaded = await loadStudyFrame(context, symbol);
      bars.push(loaded.frame);
      inputs.push(...loaded.inputs);
    }
    const found = await calibrations(context);
    inputs.push(...found.flatMap((calibration) => (calibration === null ? [] : [calibration.artifact])));
    const outputs: Artifact[] = [];
    const seconds = new Map<string, Artifact>();
    const shipped = await readShippedCertificate(context.effects.files);
    const verdicts: Record<string, unknown> = {};
    for (const [i, study] of compiledStudies(context).entries()) {
      context.note(`study ${study.document.id}`);
      const surrogates = found[i]?.calibration.surrogates ?? [];
      const isHoldoutOpen = (context.config.openHoldout ?? []).includes(study.document.id);
      const { frames, inputs: own } = await framesOf(context, study, bars);
      const done = runStudy({ study, frames, seed: context.config.seed, surrogates, isHoldoutOpen });
      const result =
        done.missing.length > 0 && study.document.clock === '1s' ? { ...done, missing: [...done.missing, ...absentSeconds(study, frames)] } : done;
      const lock = studyLock({ study, seed: context.config.seed, inputs: [...inputs, ...own], frames });
      for (const input of own) seconds.set(input.path, input);
      const certification = certificationOf(shipped?.certificate ?? null, { kind: 'study', id: result.id, digest: result.digest });
      outputs.push(...(await writeStudy(context, { study, result, lock, frames, surrogates, isHoldoutOpen, certification })));
      const { primary } = study.document.hypothesis;
      const p = result.effects.find(({ estimand, slice }) => estimand === primary && slice === 'development')?.p_raw ?? null;
      const estimands = Object.keys(study.document.estimands).length;
      verdicts[result.id] = { version: result.version, digest: result.digest, verdict: result.verdict, label: result.label, p, estimands };
    }
    return {
      inputs: [...inputs, ...seconds.values(), ...(shipped === null ? [] : [shipped.artifact])],
      outputs,
      effective: { studies: verdicts },
      counts: { studies: Object.keys(verdicts).length },
      findings: [],
    };
  },
});

/** What a study is run on: the bars, or seconds around its instants, which are in memory for as long as their study is. */
async function framesOf(
  context: StageContext,
  study: CompiledStudy,
  bars: readonly Frame[],
): Promise<{ readonly frames: readonly StudyFrame[]; readonly inputs: readonly Artifact[] }> {
  if (study.document.clock !== '1s') return { frames: bars, inputs: [] };
  const frames: StudyFrame[] = [];
  const inputs: Artifact[] = [];
  for (const symbol of bars) {
    const loaded = await loadStudySeconds(context, study, symbol);
    frames.push(loaded.frame);
    inputs.push(...loaded.inputs);
  }
  return { frames, inputs };
}

function calibrations(context: StageContext) {
  return Promise.all(compiledStudies(context).map((study) => readCalibration(context.effects.files, context.paths, study, context.config)));
}

type Done = Omit<Parameters<typeof studyPageModel>[0], 'runId' | 'artifacts'>;

/** Tables first, then the pages that name them by their hashes. */
async function writeStudy(context: StageContext, done: Done): Promise<Artifact[]> {
  const { result, lock, surrogates, certification } = done;
  const folder = context.paths.studyReport(result.id, result.version, context.runId);
  const artifacts = [await writeText(context, `${folder}/study.lock.json`, prettyJson(lock))];
  for (const { name, text, rows } of studyTables(result, surrogates, certification))
    artifacts.push(await writeText(context, `${folder}/${name}`, text, rows));
  const place = { runId: context.runId, folder: relativePath(context.paths.root, folder) };
  const candidates = prettyJson(studyCandidates(done.study.document, result, place));
  artifacts.push(await writeText(context, `${folder}/${candidateFileName}`, candidates));
  const { renderLock } = await import('../report/study/renderLock.ts');
  const { renderStudyMarkdown } = await import('../report/study/renderStudyMarkdown.ts');
  const { renderStudyPage } = await import('../report/study/renderStudyPage.ts');
  const model = studyPageModel({ ...done, runId: context.runId, artifacts });
  const pages = { 'lock.md': renderLock(model), 'report.md': renderStudyMarkdown(model), 'report.html': await renderStudyPage(model) };
  for (const [name, text] of Object.entries(pages)) artifacts.push(await writeText(context, `${folder}/${name}`, text));
  return artifacts;
}
