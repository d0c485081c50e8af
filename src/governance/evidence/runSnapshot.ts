import { hashOf } from '../../core/canonicalJson.ts';
import type { ArtifactRef, TrustLevel } from '../records.ts';

/** A finished run as evidence sees it: what it says about itself, and every file that it names. */
export interface RunSnapshot {
  readonly run_id: string;
  /** The resolved configuration, whole. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly window: { readonly start: string; readonly end: string };
  readonly symbols: readonly string[];
  /** With `/reference` behind it where the run reproduces the reference system. */
  readonly accounting: string;
  readonly costBps: number;
  readonly source: string;
  readonly strategies: readonly { readonly id: string; readonly params: Readonly<Record<string, unknown>> }[];
  /** Fingerprints of the code behind its stages. */
  readonly units: readonly { readonly id: string; readonly fingerprint: string }[];
  /** Raw files, which other runs share, and files of its own. */
  readonly inputs: readonly ArtifactRef[];
  readonly outputs: readonly ArtifactRef[];
  /** The run record and the manifests themselves. */
  readonly records: readonly ArtifactRef[];
  readonly ledgerSeq: number | null;
  /** What the run says stood behind each subject that it used, by `<kind>:<id>@<version>`. */
  readonly trust: Readonly<Record<string, TrustLevel>>;
  readonly trials: readonly string[];
  /** JSON artifacts that numbers are taken from, by path; those that cannot be read are left out. */
  readonly documents: ReadonlyMap<string, unknown>;
}

export interface RunDigests {
  readonly config: string;
  readonly code: string;
  readonly inputs: string;
  readonly outputs: string;
  /** Over the four. */
  readonly run: string;
}

/** Identity of a run: one hash over its code, its configuration, what it read and what it wrote. @source governance specification 17.1 */
export function runDigests({ config, units, inputs, outputs }: RunSnapshot): RunDigests {
  const parts = {
    config: hashOf(config),
    code: hashOf(pairs(units.map(({ id, fingerprint }) => [id, fingerprint]))),
    inputs: hashOf(pairs(inputs.map(({ path, sha256 }) => [path, sha256]))),
    outputs: hashOf(pairs(outputs.map(({ path, sha256 }) => [path, sha256]))),
  };
  return { ...parts, run: hashOf(parts) };
}

/** Each pair once, in order. */
function pairs(given: readonly (readonly [string, string])[]): string[][] {
  const distinct = new Map(given.map((pair) => [pair.join('\n'), [...pair]]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}
