import { formatDay } from '../../core/time.ts';
import { contains } from '../../governance/ledger/chain.ts';
import type { RunSnapshot } from '../../governance/evidence/runSnapshot.ts';
import type { ArtifactRef } from '../../governance/records.ts';
import { sha256 } from '../../core/canonicalJson.ts';
import type { GovernanceTools } from './governanceState.ts';
import { parseRecords } from './csv.ts';
import { inspectLedger } from './ledgerFile.ts';
import { readFinishedRun, type StoredRun } from './readRun.ts';
import type { RunConfig } from './runConfig.ts';
import type { Artifact, Manifest } from './stage.ts';
import { trialsOfRun } from './trials.ts';

/** Artifacts that numbers of evidence come from: JSON, and tables whose rows have a name in their first column. */
const readable = /\/(risk_metrics|metrics|overlay_bindings|verdict)\.json$|\/edge_contribution_\w+\.csv$/;

/** Stages that decide no number: what they read and the code behind them do not count. */
const withoutNumbers: readonly string[] = ['report'];

/**
 * A finished run as evidence sees it.
 *
 * @throws E_RUN_UNKNOWN, E_USAGE for a run that is not finished, E_ARTIFACT_DAMAGED for a record that is not what was written
 */
export async function snapshotRun(tools: GovernanceTools, runId: string): Promise<RunSnapshot & { readonly stored: StoredRun }> {
  const { files } = tools.audit.effects;
  const stored = await readFinishedRun(files, tools.paths, runId);
  const { record, manifests } = stored;
  const { config } = record;
  const numbers = manifests.filter(({ stage }) => !withoutNumbers.includes(stage));
  const named = numbers.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const isRaw = ({ path }: Artifact) => path.startsWith('lake/raw/');
  const outputs = manifests.flatMap((manifest) => manifest.outputs).filter((artifact) => !isRaw(artifact));
  const own = new Set(outputs.map(({ path }) => path));
  const records = ['run', ...record.stages].map((name) => `runs/${runId}/${name}.json`);
  return {
    stored,
    run_id: runId,
    config: JSON.parse(JSON.stringify(config)) as Record<string, unknown>,
    window: { start: formatDay(config.start), end: formatDay(config.end) },
    symbols: config.symbols,
    accounting: config.compat === null ? config.accounting : `${config.accounting}/${config.compat}`,
    costBps: config.costBps,
    source: config.source === 'sample' ? `sample, seed ${config.seed}` : config.source,
    strategies: config.strategies,
    units: unitsOf(numbers),
    inputs: named.filter((artifact) => isRaw(artifact) || !own.has(artifact.path)).map(refOf),
    outputs: outputs.map(refOf),
    records: await Promise.all(records.map((path) => recordRef(tools, path))),
    ledgerSeq: await headAtStart(tools, runId),
    trust: record.trust ?? {},
    trials: await trialDigests(tools, { runId, config, manifests }),
    documents: await readDocuments(tools, outputs),
  };
}

function refOf({ path, sha256: hash, bytes }: Artifact): ArtifactRef {
  return { path, sha256: hash, bytes };
}

/** Records have no record of their own: they are hashed as they lie there. */
async function recordRef({ audit, paths }: GovernanceTools, path: string): Promise<ArtifactRef> {
  const bytes = await audit.effects.files.read(`${paths.root}/${path}`);
  return { path, sha256: sha256(bytes), bytes: bytes.length };
}

function unitsOf(manifests: readonly Manifest[]): { id: string; fingerprint: string }[] {
  const units = new Map(manifests.flatMap((manifest) => manifest.units.map((unit) => [unit.id, unit])));
  return [...units.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Units behind a run whose code is another one now, or is gone. */
export async function changedCode({ audit }: GovernanceTools, units: RunSnapshot['units']): Promise<string[]> {
  const changed: string[] = [];
  for (const { id, fingerprint } of units) {
    const [kind, name] = id.split('/') as [Parameters<typeof audit.registry.find>[0], string];
    const known = audit.registry.ids(kind).includes(name) ? await audit.registry.fingerprint(kind, name) : null;
    if (known !== fingerprint) changed.push(id);
  }
  return changed;
}

/** How many entries the ledger had when a run began; null where the run does not say, or says what the ledger contradicts. */
async function headAtStart({ audit, paths }: GovernanceTools, runId: string): Promise<number | null> {
  const { files } = audit.effects;
  const path = paths.environment(runId);
  if ((await files.stat(path))?.isFile !== true) return null;
  try {
    const { ledger } = JSON.parse((await files.read(path)).toString('utf8')) as { ledger?: { seq: number; hash: string } };
    if (ledger === undefined || !Number.isInteger(ledger.seq)) return null;
    return contains((await inspectLedger(files, paths)).chain, ledger) ? ledger.seq : null;
  } catch {
    return null;
  }
}

async function trialDigests(
  { audit, paths }: GovernanceTools,
  { runId, config, manifests }: { runId: string; config: RunConfig; manifests: readonly Manifest[] },
): Promise<string[]> {
  const byStage = Object.fromEntries(manifests.map((manifest) => [manifest.stage, manifest]));
  const bodies = await trialsOfRun(audit.effects, paths, { runId, config, manifests: byStage });
  return bodies.map(({ digest }) => digest).sort();
}

async function readDocuments({ audit, paths }: GovernanceTools, outputs: readonly Artifact[]): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const { path } of outputs.filter((output) => readable.test(output.path))) {
    try {
      const text = (await audit.effects.files.read(`${paths.root}/${path}`)).toString('utf8');
      found.set(path, path.endsWith('.csv') ? rowsByName(text) : (JSON.parse(text) as unknown));
    } catch {
      // What cannot be read has no numbers; its hash says the rest.
    }
  }
  return found;
}

function rowsByName(text: string): Record<string, unknown> {
  return Object.fromEntries(parseRecords(text).map((row) => [String(Object.values(row)[0]), row]));
}
