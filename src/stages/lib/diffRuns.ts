import type { Effects } from '../../core/effects.ts';
import { formatDay } from '../../core/time.ts';
import { type LakePaths, lakePaths } from '../../lake/paths.ts';
import { treeHash } from '../../lake/treeHash.ts';
import { requireContent, type RunRecord } from './manifests.ts';
import { readRun, type StoredRun } from './readRun.ts';
import type { Manifest } from './stage.ts';

type Value = string | number | boolean | null;

/** One thing that two runs do not share; null where a run has none. */
export interface Difference {
  readonly key: string;
  readonly a: Value;
  readonly b: Value;
}

export interface RunDiff {
  readonly a: string;
  readonly b: string;
  readonly config: readonly Difference[];
  /** Units whose code differs, `<stage> <kind>/<id>`, by fingerprint. */
  readonly units: readonly Difference[];
  /** Per stage one hash over its outputs with the run id left out, and the files that differ. */
  readonly data: readonly { readonly stage: string; readonly a: string | null; readonly b: string | null; readonly files: readonly string[] }[];
  /** Every number of metrics.json side by side; `difference` is b - a. */
  readonly metrics: readonly (Difference & { readonly difference: number | null })[];
  /** Findings of only one of the runs. */
  readonly findings: readonly { readonly in: 'a' | 'b'; readonly stage: string; readonly severity: string; readonly text: string }[];
}

/**
 * What sets two runs apart: configuration, code, data, results and findings.
 *
 * @throws E_RUN_UNKNOWN, E_ARTIFACT_DAMAGED
 */
export async function diffRuns(effects: Pick<Effects, 'files'>, dataRoot: string, a: string, b: string): Promise<RunDiff> {
  const paths = lakePaths(dataRoot);
  const runs = [await readRun(effects.files, paths, a), await readRun(effects.files, paths, b)] as const;
  const metrics = [await metricsOf(effects, paths, runs[0]), await metricsOf(effects, paths, runs[1])] as const;
  return {
    a,
    b,
    config: compare(flatten(plainConfig(runs[0].record)), flatten(plainConfig(runs[1].record))),
    units: compare(unitsOf(runs[0]), unitsOf(runs[1])),
    data: dataOf(runs[0], runs[1]),
    metrics: sideBySide(metrics[0], metrics[1]),
    findings: [...onlyIn('a', runs[0], runs[1]), ...onlyIn('b', runs[1], runs[0])],
  };
}

/** The configuration with dates as days and strategies by id, so that keys read like a configuration file. */
function plainConfig({ config }: RunRecord): Record<string, unknown> {
  return {
    ...config,
    warmup: config.warmup === true,
    symbols: config.symbols.join(','),
    start: formatDay(config.start),
    end: formatDay(config.end),
    strategies: Object.fromEntries(config.strategies.map(({ id, params }) => [id, { ...params, used: true }])),
  };
}

/** Leaves of nested objects and lists by dotted key. */
function flatten(value: unknown, prefix = '', out = new Map<string, Value>()): Map<string, Value> {
  if (typeof value !== 'object' || value === null) out.set(prefix, value as Value);
  else for (const [key, item] of Object.entries(value)) flatten(item, prefix === '' ? key : `${prefix}.${key}`, out);
  return out;
}

function keysOf(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}

function compare(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): Difference[] {
  return keysOf(a, b)
    .filter((key) => a.get(key) !== b.get(key))
    .sort()
    .map((key) => ({ key, a: a.get(key) ?? null, b: b.get(key) ?? null }));
}

function unitsOf({ manifests }: StoredRun): Map<string, Value> {
  return new Map(manifests.flatMap(({ stage, units }) => units.map(({ id, fingerprint }): [string, Value] => [`${stage} ${id}`, fingerprint])));
}

function dataOf(a: StoredRun, b: StoredRun): RunDiff['data'] {
  const stages = [...new Set([...a.record.stages, ...b.record.stages])];
  return stages.map((stage) => {
    const [left, right] = [a, b].map(({ record, manifests }) => {
      const manifest = manifests.find((candidate) => candidate.stage === stage);
      return manifest === undefined ? null : withoutRunId(manifest, record.run_id);
    }) as [Map<string, Value> | null, Map<string, Value> | null];
    const files = compare(left ?? new Map(), right ?? new Map()).map(({ key }) => key);
    return { stage, a: hashOfFiles(left), b: hashOfFiles(right), files };
  });
}

function withoutRunId({ outputs }: Manifest, runId: string): Map<string, Value> {
  return new Map(
    outputs.map(({ path, sha256 }): [string, Value] => [
      path
        .split('/')
        .map((part) => (part === runId ? '<run>' : part))
        .join('/'),
      sha256,
    ]),
  );
}

function hashOfFiles(files: Map<string, Value> | null): string | null {
  return files === null ? null : treeHash([...files].map(([path, sha256]) => ({ path, sha256: String(sha256) })));
}

async function metricsOf({ files }: Pick<Effects, 'files'>, paths: LakePaths, { manifests }: StoredRun): Promise<Map<string, Value>> {
  const outputs = manifests.find(({ stage }) => stage === 'backtest')?.outputs ?? [];
  const artifact = outputs.find(({ path }) => /\/backtests\/[^/]+\/metrics\.json$/.test(path));
  if (artifact === undefined) return new Map();
  await requireContent(files, paths, artifact);
  return flatten(JSON.parse((await files.read(`${paths.root}/${artifact.path}`)).toString('utf8')));
}

function sideBySide(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): RunDiff['metrics'] {
  return keysOf(a, b).map((key) => {
    const [left, right] = [a.get(key) ?? null, b.get(key) ?? null];
    const difference = typeof left === 'number' && typeof right === 'number' ? right - left : null;
    return { key, a: left, b: right, difference };
  });
}

function onlyIn(side: 'a' | 'b', run: StoredRun, other: StoredRun): RunDiff['findings'] {
  const listed = ({ manifests }: StoredRun) =>
    manifests.flatMap(({ stage, findings }) =>
      findings.map(({ severity, code, subject, message, range }) => {
        const text = `${code} ${subject}: ${message}`;
        return { stage, severity, text, key: `${stage} ${severity} ${text} ${range?.from ?? ''} ${range?.to ?? ''}` };
      }),
    );
  const known = new Set(listed(other).map(({ key }) => key));
  return listed(run)
    .filter(({ key }) => !known.has(key))
    .map(({ stage, severity, text }) => ({ in: side, stage, severity, text }));
}
