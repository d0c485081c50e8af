import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile } from '../../src/lake/verifyFiles.ts';
import { lakePaths } from '../../src/lake/paths.ts';
import { createFiles } from '../../src/lake/realEffects.ts';
import { inspectManifest, inspectRunRecord } from '../../src/stages/lib/manifests.ts';
import { readProvenance } from '../../src/stages/lib/provenance.ts';
import { cli, filesBelow, mainFile } from './cli.ts';

/**
 * Everything wrong with a data root, in words: manifests and run records that are not whole, files that they or the
 * provenance records name and that are absent or changed, parsed raw records. Leftover temp files are no problem.
 */
export async function checkLake(root: string): Promise<string[]> {
  const files = createFiles();
  const paths = lakePaths(root);
  const problems: string[] = [];
  const requireFile = async (by: string, file: { path: string; sha256: string; bytes?: number }) => {
    if (file.path.includes('.tmp-')) problems.push(`${by} names the temp file ${file.path}`);
    const problem = await checkFile(files, root, file);
    if (problem !== null) problems.push(`${by} names ${file.path}: ${problem.message}`);
  };
  for (const runId of await files.list(paths.runs())) {
    const record = await inspectRunRecord(files, paths, runId);
    if (record.state !== 'whole' && record.state !== 'absent') problems.push(`${runId}/run.json: ${record.problem}`);
    for (const name of readdirSync(paths.run(runId)).filter((file) => /^[a-z_]+\.json$/.test(file))) {
      if (['run.json', 'environment.json'].includes(name)) continue;
      const manifest = await inspectManifest(files, paths, runId, name.slice(0, -'.json'.length));
      if (manifest.state === 'whole') for (const output of manifest.value.outputs) await requireFile(`${runId}/${name}`, output);
      else problems.push(`${runId}/${name}: ${manifest.state}`);
    }
  }
  for await (const { path, objects, partition, problem } of readProvenance(files, root)) {
    if (problem !== null) problems.push(`${path}: ${problem}`);
    for (const file of partition === null ? objects : [...objects, partition]) await requireFile(path, file);
  }
  return problems;
}

/** True when the built command line has `verify`. */
export const hasVerify: boolean = existsSync(mainFile) && readFileSync(join(mainFile, '..', '..', 'units.json'), 'utf8').includes('"verify"');

/** What `backtest verify` (where there is one) says against the data root; empty when it is clean. */
export async function verifyLake(root: string): Promise<string[]> {
  if (!hasVerify) return [];
  const { exit, stdout, stderr } = await cli(['verify', '--data-root', root, '--quiet']);
  return exit === 0 ? [] : [`verify ended with ${exit}: ${stderr}${stdout.slice(0, 500)}`];
}

/** SHA-256 of every file that a finished run leaves, by path; logs, timings, the list of reports and the ledger (which name times), cache, locks and leftovers left out. */
export function fingerprint(root: string, isLeftOut: (name: string) => boolean = () => false): Record<string, string> {
  const names = filesBelow(root).filter(
    (name) => !/(^cache\/)|(^governance\/)|(^reports\/index\.)|(\.log$)|environment\.json$|(^|\/)\.(tmp-|lock)/.test(name) && !isLeftOut(name),
  );
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest('hex'),
    ]),
  );
}

/** First difference of two fingerprints, or null. */
export function firstDifference(actual: Readonly<Record<string, string>>, expected: Readonly<Record<string, string>>): string | null {
  for (const name of [...new Set([...Object.keys(actual), ...Object.keys(expected)])].sort()) {
    if (actual[name] === expected[name]) continue;
    return actual[name] === undefined ? `${name} is absent` : expected[name] === undefined ? `${name} is surplus` : `${name} differs`;
  }
  return null;
}

/** Copies a data root by hard links, which the atomic write path never writes through; logs, which are appended to, are copied. */
export function cloneLake(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) cloneLake(source, target);
    else if (entry.name.endsWith('.log')) copyFileSync(source, target);
    else linkSync(source, target);
  }
}

/** Names of temp files and locks that were left behind. */
export function leftovers(root: string): string[] {
  return filesBelow(root).filter((name) => /(^|\/)\.(tmp-|lock)/.test(name));
}

/** Works through the items with so many at a time; results in the order of the items. */
export async function pooled<T, R>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
