import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonicalJson.ts';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { elementsOf, htmlTree, textIn } from '../support/htmlTree.ts';
import { smallRequest } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

/** The pages of studies, as a run leaves them. */

const versions: Readonly<Record<string, number>> = { conditional_expectancy: 2, cross_venue_desync: 1 };
const ids = Object.keys(versions);
const dataRoot = temporaryFolder();
let outcome: RunOutcome;
const folderOf = (id: string) => join(dataRoot, 'reports', 'studies', id, `v${versions[id]!}`, outcome.runId);
const page = (id: string) => readFileSync(join(folderOf(id), 'report.html'), 'utf8');
const linksIn = (markup: string) => [...elementsOf(htmlTree(markup))].filter(({ tag }) => tag === 'a').map(({ attributes }) => attributes['href']!);

beforeAll(async () => {
  outcome = await runInProcess({ ...smallRequest, studies: ids }, { dataRoot });
});
afterAll(removeFolders);

describe('the pages of studies', () => {
  it('lie beside the tables and are recorded in the manifest', () => {
    const { outputs } = outcome.manifests.find(({ stage }) => stage === 'studies')!;
    for (const id of ids)
      for (const name of ['report.html', 'report.md', 'lock.md', 'profile.csv', 'null_effects.csv']) {
        const recorded = outputs.find(({ path }) => path === `reports/studies/${id}/v${versions[id]!}/${outcome.runId}/${name}`)!;
        expect(sha256(readFileSync(join(folderOf(id), name)))).toBe(recorded.sha256);
      }
  });

  it.each(ids)('of %s lead only to files that are there, with the hashes that they have', (id) => {
    for (const link of linksIn(page(id))) if (!link.startsWith('#')) expect([link, existsSync(join(folderOf(id), link))]).toEqual([link, true]);
    const rows = [...elementsOf(htmlTree(page(id)))].filter(({ tag }) => tag === 'tr').map(textIn);
    for (const name of ['study.lock.json', 'events.csv', 'effects.csv', 'gates.json', 'verdict.json'])
      expect(rows.some((row) => row.startsWith(name) && row.endsWith(sha256(readFileSync(join(folderOf(id), name)))))).toBe(true);
  });

  it.each(ids)('of %s say the verdict of verdict.json, and are small', (id) => {
    const { verdict, label } = JSON.parse(readFileSync(join(folderOf(id), 'verdict.json'), 'utf8')) as { verdict: string; label: string };
    const headline = `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}: ${label}`;
    for (const name of ['report.html', 'report.md', 'lock.md']) expect(readFileSync(join(folderOf(id), name), 'utf8')).toContain(headline);
    expect(Buffer.byteLength(page(id))).toBeLessThan(500_000);
  });

  it('are reached from the report of the run, which lists them with what it counted', () => {
    const report = join(dataRoot, 'reports', 'runs', outcome.runId, 'report.html');
    const markup = readFileSync(report, 'utf8');
    const ways = linksIn(markup).filter((link) => link.includes('/studies/'));
    expect(ways).toHaveLength(ids.length);
    for (const way of ways) expect(existsSync(join(dirname(report), way))).toBe(true);
    expect(textIn(htmlTree(markup))).toContain(
      `The ledger of this data root counts ${outcome.record.trials!.trials} trial of the family unregistered`,
    );
    expect(outcome.manifests.find(({ stage }) => stage === 'report')!.inputs.filter(({ path }) => path.endsWith('verdict.json'))).toHaveLength(
      ids.length,
    );
  });
});
