import { prettyJson } from '../core/canonicalJson.ts';
import { relativePath } from '../lake/paths.ts';
import { candidateFileName } from '../research/candidate/candidate.ts';
import { policyCandidates } from '../research/candidate/policyCandidates.ts';
import { certificationSentence } from '../report/certificate/words.ts';
import { type Certification, certificationOf } from '../research/certificate/certification.ts';
import { closestCell } from '../research/policy/judge.ts';
import type { PolicyInput } from '../research/policy/input.ts';
import type { PolicyResult } from '../research/policy/result.ts';
import { runPolicyStudy } from '../research/policy/runPolicyStudy.ts';
import type { Frame } from '../engine/frame.ts';
import type { Verdict } from '../research/study/result.ts';
import { writeText } from './lib/artifacts.ts';
import { readShippedCertificate } from './lib/certificateFiles.ts';
import { loadStudyFrame } from './lib/extraFrame.ts';
import { policyFiles, policyLock } from './lib/policyFiles.ts';
import { baselineIds, compiledPolicies } from './lib/policyPlan.ts';
import { type Artifact, defineStage, type StageContext } from './lib/stage.ts';

export default defineStage({
  id: 'policy',
  summary: 'runs policy studies: would doing less after an event have been better?',
  after: ['clean', 'clean_extra', 'features', 'context', 'studies'],
  precedes: ['backtest'],
  parameters: ({ symbols, policies = [], openHoldout = [], seed }, { priorTrials }) => ({
    symbols,
    policies,
    open_holdout: openHoldout,
    seed,
    prior_trials: priorTrials,
  }),
  units: ({ config }) => baselineIds(config).map((id) => `strategy/${id}`),
  isWanted: (config) => (config.policies ?? []).length > 0,
  externals: async ({ effects }) => {
    const shipped = await readShippedCertificate(effects.files);
    return shipped === null ? [] : [shipped.artifact];
  },
  finish: async (context) => {
    const { config } = context;
    const frames: Frame[] = [];
    const inputs: Artifact[] = [];
    for (const symbol of config.symbols) {
      const loaded = await loadStudyFrame(context, symbol);
      frames.push(loaded.frame);
      inputs.push(...loaded.inputs);
    }
    const outputs: Artifact[] = [];
    const shipped = await readShippedCertificate(context.effects.files);
    const verdicts: Record<string, unknown> = {};
    for (const policy of compiledPolicies(context)) {
      const { id } = policy.document;
      context.note(`policy study ${id}`);
      const input: PolicyInput = {
        policy,
        frames,
        seed: config.seed,
        parentVerdict: verdictOfStudy(context, policy.document.parent.study),
        priorTrials: context.priorTrials[id] ?? 0,
        isHoldoutOpen: (config.openHoldout ?? []).includes(id),
      };
      const result = runPolicyStudy(input);
      const certification = certificationOf(shipped?.certificate ?? null, { kind: 'policy', id, digest: result.digest });
      outputs.push(...(await writePolicy(context, { input, result, inputs, certification })));
      verdicts[id] = summaryOf(result);
    }
    return {
      inputs: shipped === null ? inputs : [...inputs, shipped.artifact],
      outputs,
      effective: { policies: verdicts },
      counts: { policies: Object.keys(verdicts).length },
      findings: [],
    };
  },
});

/** What a study of the run found, from its manifest; null when it did not run. */
function verdictOfStudy({ upstream }: StageContext, study: string): Verdict | null {
  const verdicts = (upstream['studies']?.effective['studies'] ?? {}) as Readonly<Record<string, { readonly verdict: Verdict }>>;
  return verdicts[study]?.verdict ?? null;
}

/** What the ledger and other stages need of a result. */
function summaryOf({ version, digest, verdict, decision, promoted, family, cells }: PolicyResult): Record<string, unknown> {
  const p = closestCell(cells)?.p_adjusted ?? null;
  return { version, digest, verdict, decision, promoted, p, trials: family.distinct, prior_trials: family.prior };
}

interface Done {
  readonly certification: Certification;
  readonly input: PolicyInput;
  readonly result: PolicyResult;
  readonly inputs: readonly Artifact[];
}

/** Tables and drafts first, then the page that names them by their hashes. */
async function writePolicy(context: StageContext, { input, result, inputs, certification }: Done): Promise<Artifact[]> {
  const folder = context.paths.policyReport(result.id, result.version, context.runId);
  const place = { runId: context.runId, folder: relativePath(context.paths.root, folder) };
  const lock = policyLock(input, inputs);
  const files = [
    { name: 'policy.lock.json', text: prettyJson(lock), rows: null },
    ...policyFiles(result, context.runId, certification),
    { name: candidateFileName, text: prettyJson(policyCandidates(result, place)), rows: null },
  ];
  const artifacts: Artifact[] = [];
  for (const { name, text, rows } of files) artifacts.push(await writeText(context, `${folder}/${name}`, text, rows));
  const { renderPolicyMarkdown } = await import('../report/policy/renderPolicyMarkdown.ts');
  const page = renderPolicyMarkdown({
    runId: context.runId,
    document: input.policy.document,
    result,
    certification: certificationSentence(certification),
    seedRoot: lock.seed_root,
    files: artifacts.map(({ path, sha256, rows }) => ({ path: path.slice(place.folder.length + 1), sha256, rows })),
  });
  return [...artifacts, await writeText(context, `${folder}/report.md`, page)];
}
