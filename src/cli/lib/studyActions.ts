import type { Feature } from '../../core/define.ts';
import { AppError } from '../../core/errors.ts';
import { formatTime } from '../../core/time.ts';
import { lakePaths } from '../../lake/paths.ts';
import { compileStudy, type CompiledStudy } from '../../research/study/compile.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { GateResult } from '../../research/study/result.ts';
import { surrogateEffects, surrogatePlan } from '../../stages/lib/calibrateStudy.ts';
import { writeCalibration } from '../../stages/lib/calibrationFiles.ts';
import { prepareFrames } from '../../stages/lib/runFrames.ts';
import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { listStudies, loadStudies, readStudy, specFolders } from '../../stages/lib/specs.ts';
import { studyCatalog } from '../../stages/lib/studyCatalog.ts';
import { openCampaign } from '../../stages/lib/surrogateCampaign.ts';
import type { CommandResult, Invocation } from './command.ts';
import { textTable } from './output.ts';
import { prepareRun } from './prepareRun.ts';
import { pluginsOf, specsOf, wholeFlag } from './runRequest.ts';

export const studyActions = { list, show, validate, run, calibrate };

async function list(invocation: Invocation): Promise<CommandResult> {
  const specs = specFolders(invocation.effects.files, specsOf(invocation.flags));
  await invocation.effects.http.close();
  const documents = await loadStudies(specs, [...(await listStudies(specs)).keys()]);
  return {
    data: documents.map(({ id, version, title, clock = '15m', hypothesis }) => ({
      id,
      version,
      title,
      clock,
      hypothesis: hypothesis.id ?? id,
      question: hypothesis.question,
    })),
    text: textTable(
      ['study', 'v', 'clock', 'question'],
      documents.map(({ id, version, title, clock = '15m' }) => [id, String(version), clock, title]),
      [1],
    ),
  };
}

async function show(invocation: Invocation): Promise<CommandResult> {
  const document = await documentOf(invocation);
  await invocation.effects.http.close();
  const study = await compiled(invocation, document);
  return {
    data: { document, digest: study.digest, columns: study.columns, horizon_bars: study.horizon, purge_bars: study.purgeBars },
    text: description(study),
  };
}

async function validate(invocation: Invocation): Promise<CommandResult> {
  const [, file] = invocation.args;
  if (file === undefined) throw new AppError('E_USAGE', { problem: 'study validate needs the path of a document' });
  await invocation.effects.http.close();
  const document = await readStudy(invocation.effects.files, file, null);
  const study = await compiled(invocation, document);
  return {
    data: { id: document.id, version: document.version, digest: study.digest },
    text: `${document.id} version ${document.version} is valid, digest ${study.digest.slice(0, 12)}`,
  };
}

async function run(invocation: Invocation): Promise<CommandResult> {
  const { id } = await documentOf(invocation);
  const options = await prepareRun(withStudy(invocation, id));
  const outcome = await runPipeline({ ...options, until: 'studies' });
  await options.effects.http.close();
  const manifest = outcome.manifests.find(({ stage }) => stage === 'studies')!;
  const at = (name: string) => manifest.outputs.find(({ path }) => path.includes(`/studies/${id}/`) && path.endsWith(name))!.path;
  const read = async (name: string) =>
    JSON.parse((await options.effects.files.read(`${lakePaths(invocation.dataRoot).root}/${at(name)}`)).toString('utf8')) as unknown;
  const verdict = (await read('verdict.json')) as { verdict: string; label: string; missing: string[] };
  const gates = (await read('gates.json')) as GateResult[];
  const folder = at('verdict.json').replace(/\/verdict\.json$/, '');
  return {
    data: { run_id: outcome.runId, folder, ...verdict, gates },
    text: [
      `${verdict.verdict}: ${verdict.label}`,
      ...verdict.missing.map((problem) => `  ${problem}`),
      '',
      ...gates.map(({ id: gate, status, why }) => `${status.padEnd(12)} ${gate}: ${why}`),
      '',
      `Run:     ${outcome.runId}`,
      `Folder:  ${folder}`,
    ].join('\n'),
  };
}

async function calibrate(invocation: Invocation): Promise<CommandResult> {
  const document = await documentOf(invocation);
  const { id } = document;
  const { unmade } = await compiled(invocation, document);
  if (unmade.length > 0)
    throw new AppError('E_STUDY', {
      where: `study ${id}`,
      problem: `it reads ${unmade.join(', ')}, and surrogate markets hold bars and funding only`,
      remedy: 'Run it without a calibration: its gate surrogate_markets says the same, and its verdict is at best inconclusive.',
    });
  const paths = wholeFlag(invocation.flags, 'paths', 199, 19);
  const options = await prepareRun(withStudy(invocation, id));
  const { frames, features, studies } = await prepareFrames(options);
  await options.effects.http.close();
  const [study] = studies;
  const { config } = options;
  const plan = surrogatePlan({ studies: [study!.document], policies: [] }, frames);
  const units = { features, strategies: new Map() };
  const campaign = openCampaign({ workers: options.workers, units, hasPlugins: options.plugins.length > 0, signal: options.signal });
  try {
    const surrogates = await surrogateEffects(plan, {
      id,
      seed: config.seed,
      campaign,
      paths,
      onDone: (done, total) => invocation.note(`surrogate markets ${done} of ${total}`, { isTransient: true }),
    });
    const { symbols, start, end, seed } = config;
    const calibration = { study: id, version: study!.document.version, digest: study!.digest, symbols, start, end, seed, surrogates };
    const path = await writeCalibration(options.effects, lakePaths(options.dataRoot), { study: study!, calibration });
    return {
      data: { study: id, digest: study!.digest, paths, path, surrogates },
      text: [
        textTable(
          ['market', 'effects', 'lowest', 'median', 'highest'],
          surrogates.map(({ generator, effects }) => [generator, ...spread(effects)]),
          [1, 2, 3, 4],
        ),
        '',
        `Primary effect of ${id} on markets without the structure, ${formatTime(start).slice(0, 10)} to ${formatTime(end).slice(0, 10)}: ${path}`,
      ].join('\n'),
    };
  } finally {
    await campaign.close();
  }
}

function spread(effects: readonly (number | null)[]): string[] {
  const found = effects.filter((effect) => effect !== null).sort((a, b) => a - b);
  const show = (value: number | undefined) => (value === undefined ? '-' : String(Number(value.toPrecision(3))));
  return [String(found.length), show(found[0]), show(found[Math.floor(found.length / 2)]), show(found.at(-1))];
}

async function documentOf(invocation: Invocation): Promise<StudyDocument> {
  const [action, id] = invocation.args;
  if (id === undefined) throw new AppError('E_USAGE', { problem: `study ${action} needs a study id; \`backtest study list\` shows them` });
  const [document] = await loadStudies(specFolders(invocation.effects.files, specsOf(invocation.flags)), [id]);
  return document!;
}

function withStudy(invocation: Invocation, id: string): Invocation {
  return { ...invocation, flags: { ...invocation.flags, studies: id } };
}

async function compiled(invocation: Invocation, document: StudyDocument): Promise<CompiledStudy> {
  const registry = openRunRegistry(invocation.dataRoot, pluginsOf(invocation.flags), invocation.effects);
  return compileStudy(document, studyCatalog(await registry.loadAll<Feature>('feature')));
}

function description(study: CompiledStudy): string {
  const { document } = study;
  const { hypothesis, detector, windows, outcomes, matching } = document;
  return [
    `${document.id} version ${document.version}: ${document.title}`,
    '',
    `Question:  ${hypothesis.question}`,
    `Event:     ${detector.when}${detector.until === undefined ? '' : `, until ${detector.until}`}`,
    ...Object.entries(document.series).map(([name, text]) => `  ${name} = ${text}`),
    `Outcomes:  ${Object.keys(outcomes).join(', ')} (windows ${Object.entries(windows)
      .map(([name, [from, to]]) => `${name} ${from} to ${to} bars`)
      .join(', ')})`,
    `Controls:  ${matching.k} per event, alike in ${[...matching.exact, ...matching.nearest.map(({ of, caliper }) => `${of} within ${caliper}`)].join('; ')}`,
    `Primary:   ${hypothesis.primary}, ${hypothesis.direction} of at least ${hypothesis.smallest_effect}`,
    `Reads:     ${study.columns.join(', ')}`,
    `Digest:    ${study.digest}`,
  ].join('\n');
}
