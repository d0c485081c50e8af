import type { StudyFrame } from '../../research/study/frame.ts';
import type { Feature } from '../../core/define.ts';
import { compiledStudies } from './featurePlan.ts';
import { loadStudyFrame } from './extraFrame.ts';
import { openContext } from './openContext.ts';
import { type RunOptions, type RunOutcome, runPipeline } from './runPipeline.ts';
import type { CompiledStudy } from '../../research/study/compile.ts';

/** The frames of a run's symbols, with what is needed to work on them. */
export interface RunFrames {
  readonly outcome: RunOutcome;
  readonly frames: readonly StudyFrame[];
  readonly features: ReadonlyMap<string, Feature>;
  readonly studies: readonly CompiledStudy[];
}

/** Runs the pipeline up to its features and loads every symbol. */
export async function prepareFrames(options: RunOptions): Promise<RunFrames> {
  // Context comes before features in the order of stages.
  const outcome = await runPipeline({ ...options, until: 'features' });
  const upstream = Object.fromEntries(outcome.manifests.map((manifest) => [manifest.stage, manifest]));
  const opened = await openContext({ ...options, runId: outcome.runId, upstream, note: () => {} });
  try {
    const frames: StudyFrame[] = [];
    for (const symbol of options.config.symbols) frames.push((await loadStudyFrame(opened.context, symbol)).frame);
    return { outcome, frames, features: opened.context.features, studies: compiledStudies(opened.context) };
  } finally {
    await opened.close();
  }
}
