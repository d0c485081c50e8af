import { AppError } from '../../core/errors.ts';
import { lakePaths } from '../../lake/paths.ts';
import { cellName, policyHeadline, policySentences } from '../../report/policy/policyWords.ts';
import { closestCell } from '../../research/policy/judge.ts';
import type { CompiledPolicy } from '../../research/policy/compile.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import type { CellGate } from '../../research/policy/result.ts';
import type { PolicyVerdictFile } from '../../stages/lib/policyFiles.ts';
import { checkPolicy, listPolicies, loadPolicies, readPolicy } from '../../stages/lib/policySpecs.ts';
import { runPipeline } from '../../stages/lib/runPipeline.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import { specFolders, type SpecFolders } from '../../stages/lib/specs.ts';
import type { CommandResult, Invocation } from './command.ts';
import { textTable } from './output.ts';
import { prepareRun } from './prepareRun.ts';
import { pluginsOf, specsOf } from './runRequest.ts';

export const policyActions = { list, show, validate, run };

async function list(invocation: Invocation): Promise<CommandResult> {
  const specs = specsIn(invocation);
  await invocation.effects.http.close();
  const documents = await loadPolicies(specs, [...(await listPolicies(specs)).keys()]);
  return {
    data: documents.map(({ id, version, title, hypothesis, parent, ...rest }) => ({
      id,
      version,
      title,
      hypothesis: hypothesis.id ?? id,
      question: hypothesis.question,
      parent: parent.study,
      cells: cellsOf(rest),
    })),
    text: textTable(
      ['policy study', 'v', 'parent', 'cells', 'question'],
      documents.map((document) => [document.id, String(document.version), document.parent.study, String(cellsOf(document)), document.title]),
      [1, 3],
    ),
  };
}

async function show(invocation: Invocation): Promise<CommandResult> {
  const document = await documentOf(invocation);
  await invocation.effects.http.close();
  const policy = await checked(invocation, document);
  return {
    data: { document, digest: policy.digest, parent_digest: policy.parent.digest, columns: policy.columns, cells: cellsOf(document) },
    text: description(policy),
  };
}

async function validate(invocation: Invocation): Promise<CommandResult> {
  const [, file] = invocation.args;
  if (file === undefined) throw new AppError('E_USAGE', { problem: 'policy validate needs the path of a document' });
  await invocation.effects.http.close();
  const document = await readPolicy(invocation.effects.files, file, null);
  const { digest } = await checked(invocation, document);
  return {
    data: { id: document.id, version: document.version, digest },
    text: `${document.id} version ${document.version} is valid, digest ${digest.slice(0, 12)}`,
  };
}

async function run(invocation: Invocation): Promise<CommandResult> {
  const { id } = await documentOf(invocation);
  const options = await prepareRun({ ...invocation, flags: { ...invocation.flags, policy: id } });
  const outcome = await runPipeline({ ...options, until: 'policy' });
  await options.effects.http.close();
  const manifest = outcome.manifests.find(({ stage }) => stage === 'policy')!;
  const at = (name: string) => manifest.outputs.find(({ path }) => path.includes(`/policies/${id}/`) && path.endsWith(name))!.path;
  const read = async (name: string) =>
    JSON.parse((await options.effects.files.read(`${lakePaths(invocation.dataRoot).root}/${at(name)}`)).toString('utf8')) as unknown;
  const found = (await read('/verdict.json')) as PolicyVerdictFile;
  const gates = (await read('/gates.json')) as CellGate[];
  const folder = at('/verdict.json').replace(/\/verdict\.json$/, '');
  const overlays = manifest.outputs.flatMap(({ path }) => (path.startsWith(`${folder}/overlays/`) ? [path] : []));
  return {
    data: { run_id: outcome.runId, folder, ...found, gates, overlays },
    text: [
      `${policyHeadline(found)}.`,
      policySentences(found),
      ...gateLines(found, gates),
      '',
      `Run:     ${outcome.runId}`,
      `Folder:  ${folder}`,
      ...overlays.map((path) => `Draft:   ${path}`),
    ].join('\n'),
  };
}

/** The gates of the cell that came closest: promoted, else the one with the smallest adjusted p. */
function gateLines({ promoted, cells }: PolicyVerdictFile, gates: readonly CellGate[]): string[] {
  const cell = promoted[0] ?? closestCell(cells)?.cell;
  if (cell === undefined) return [];
  const own = gates.filter((gate) => gate.cell === cell);
  return [
    '',
    `${promoted.length > 0 ? 'First' : 'Closest'}: ${cellName(cell)}`,
    ...own.map(({ id, status, why }) => `${status.padEnd(12)} ${id}: ${why}`),
  ];
}

async function documentOf(invocation: Invocation): Promise<PolicyDocument> {
  const [action, id] = invocation.args;
  if (id === undefined) throw new AppError('E_USAGE', { problem: `policy ${action} needs a policy study id; \`backtest policy list\` shows them` });
  const [document] = await loadPolicies(specsIn(invocation), [id]);
  return document!;
}

function specsIn({ effects, flags }: Invocation): SpecFolders {
  return specFolders(effects.files, specsOf(flags));
}

function checked(invocation: Invocation, document: PolicyDocument): Promise<CompiledPolicy> {
  return checkPolicy(document, openRunRegistry(invocation.dataRoot, pluginsOf(invocation.flags), invocation.effects), specsIn(invocation));
}

function cellsOf({ conditions, actions }: Pick<PolicyDocument, 'conditions' | 'actions'>): number {
  return Object.keys(conditions).length * Object.keys(actions).length;
}

function description({ document, parent, baseline, conditions, actions, columns, digest }: CompiledPolicy): string {
  const { hypothesis, costs, budget, inference } = document;
  return [
    `${document.id} version ${document.version}: ${document.title}`,
    '',
    `Question:    ${hypothesis.question}`,
    `Parent:      ${parent.document.id} version ${parent.document.version}${document.parent.requires_pass ? ', which has to pass' : ''}`,
    `Baseline:    ${baseline.map(({ strategy }) => strategy.id).join(', ')}; ${document.accounting}, ${costs.cost_bps} bps per unit of turnover`,
    ...conditions.map(({ id, text }, at) => `${at === 0 ? 'Conditions:' : '           '}  ${id}: ${text}`),
    ...actions.map(({ id, text }, at) => `${at === 0 ? 'Actions:   ' : '           '}  ${id}: ${text}`),
    `Cells:       ${cellsOf(document)}, each against ${inference.throttles} random throttles; ${budget.max_trials} trials are allowed in all`,
    `Matters:     ${hypothesis.smallest_effect} bps per changed trade`,
    `Reads:       ${columns.join(', ')}`,
    `Digest:      ${digest}`,
  ].join('\n');
}
