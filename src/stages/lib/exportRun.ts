import { sha256 } from '../../core/canonicalJson.ts';
import type { Effects } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { formatDay } from '../../core/time.ts';
import { lakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { requireContent } from './manifests.ts';
import { outputsOfRun, readFinishedRun, type StoredRun } from './readRun.ts';

export interface ExportedRun {
  readonly runId: string;
  readonly files: number;
  readonly bytes: number;
}

/** Outputs that tell a run's story: results, not the tables they were made from. */
const exported = /^(runs|reports|lake\/trades)\//;

/**
 * Copies a finished run's record, manifests, engine tables, trades, metrics and reports into a folder, under the same
 * relative paths, with a SHA256SUMS file and a README.txt. Raw rows, intermediate tables, cache, logs and facts of
 * this host stay behind, so that equal runs export equal bytes.
 *
 * @param to folder that is absent or empty
 * @throws E_USAGE when the folder is not empty or the run not finished; E_RUN_UNKNOWN; E_ARTIFACT_DAMAGED before
 *         anything is written
 */
export async function exportRun(effects: Pick<Effects, 'files' | 'uniqueName'>, dataRoot: string, runId: string, to: string): Promise<ExportedRun> {
  const { files, uniqueName } = effects;
  const paths = lakePaths(dataRoot);
  const run = await readFinishedRun(files, paths, runId);
  const target = await files.stat(to);
  if (target !== null && (!target.isDirectory || (await files.list(to)).length > 0))
    throw new AppError('E_USAGE', {
      problem: `--to ${to}: expected an absent or empty folder, found ${target.isDirectory ? 'files in it' : 'a file'}`,
    });
  const outputs = outputsOfRun(run.manifests).filter(({ path }) => exported.test(path));
  for (const output of outputs) await requireContent(files, paths, output);
  const records = ['run', ...run.record.stages].map((name) => `runs/${runId}/${name}.json`);
  const sums: string[] = [];
  let bytes = 0;
  const put = async (path: string, content: Buffer) => {
    await writeAtomic(files, `${to}/${path}`, content, uniqueName);
    sums.push(`${sha256(content)}  ${path}`);
    bytes += content.byteLength;
  };
  for (const path of [...records, ...outputs.map((output) => output.path)].sort()) await put(path, await files.read(`${paths.root}/${path}`));
  await put('README.txt', Buffer.from(readme(run)));
  await writeAtomic(files, `${to}/SHA256SUMS`, Buffer.from(`${sums.join('\n')}\n`), uniqueName);
  return { runId, files: sums.length + 1, bytes };
}

function readme({ record }: StoredRun): string {
  const { config, run_id: id } = record;
  return `${[
    `Run ${id}`,
    '',
    `Symbols:     ${config.symbols.join(', ')}`,
    `Days (UTC):  ${formatDay(config.start)} to ${formatDay(config.end)}, both included`,
    `Strategies:  ${config.strategies.map((strategy) => strategy.id).join(', ')}`,
    `Source:      ${config.source}`,
    `Tree hash:   ${record.tree_hash ?? ''}`,
    '',
    `reports/runs/${id}/report.html            the report; open it in a browser`,
    `lake/trades/backtests/${id}/              trades, metrics, equity curve, fee scenarios`,
    `runs/${id}/run.json, <stage>.json         configuration; inputs, outputs, code fingerprints and findings per stage`,
    `runs/${id}/engine/                        returns per strategy and for the book, Parquet`,
    '',
    'Check the files:            sha256sum -c SHA256SUMS',
    'The tree hash also covers raw rows and intermediate tables, which are not part of this folder; their',
    'SHA-256 values are in the manifests. To rebuild everything: backtest runs reproduce',
  ].join('\n')}\n`;
}
