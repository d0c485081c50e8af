import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, errorCode, filesBelow } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

/**
 * Every folder beside this file is a case: `request.json` holds flags of `backtest run --source sample`,
 * `expected.json` what the run must leave: its exit code, findings (`stage CODE subject [observed]`; from `clean` on all of them), parts of
 * manifests, and stages that must have left none. Adding a case is adding a folder.
 */
interface Expected {
  readonly exit: number;
  readonly code?: string;
  readonly findings: readonly string[];
  readonly manifests: Readonly<Record<string, object>>;
  readonly absent?: readonly string[];
}
interface Manifest {
  readonly stage: string;
  readonly status: string;
  readonly findings: readonly { readonly code: string; readonly subject: string; readonly observed?: number }[];
}

/** The simulated venue stamps settlements milliseconds late, as the real one does: how often is no concern of a case. */
const everywhere = 'FUNDING_STAMPS_SNAPPED';

const here = fileURLToPath(new URL('.', import.meta.url));
const cases = readdirSync(here, { withFileTypes: true })
  .filter((item) => item.isDirectory())
  .map((item) => item.name)
  .sort();
const read = <T>(...parts: string[]) => JSON.parse(readFileSync(join(...parts), 'utf8')) as T;

afterAll(removeFolders);

describe('a run of the sample market leaves exactly what its case expects', () => {
  it.each(cases)('%s', async (name) => {
    const flags = Object.entries(read<Record<string, string | true>>(here, name, 'request.json'));
    const expected = read<Expected>(here, name, 'expected.json');
    const dataRoot = temporaryFolder();
    const given = flags.flatMap(([flag, value]) => (value === true ? [`--${flag}`] : [`--${flag}`, value]));
    const { exit, stderr } = await cli(['run', '--source', 'sample', '--data-root', dataRoot, '--quiet', ...given]);
    expect([exit, errorCode(stderr)], stderr).toEqual([expected.exit, expected.code ?? null]);

    const manifests = filesBelow(join(dataRoot, 'runs'))
      .filter((file) => /^[^/]+\/[a-z_]+\.json$/.test(file) && !/(run|environment)\.json$/.test(file))
      .map((file) => read<Manifest>(dataRoot, 'runs', file));
    const findings = manifests.flatMap((manifest) =>
      manifest.findings
        .filter(({ code }) => code !== everywhere)
        .map(({ code, subject, observed }) => `${manifest.stage} ${code} ${subject}${observed === undefined ? '' : ` ${observed}`}`),
    );
    expect(findings).toEqual(expect.arrayContaining([...expected.findings]));
    const isDownstream = (finding: string) => !finding.startsWith('ingest_');
    expect(findings.filter(isDownstream).sort()).toEqual(expected.findings.filter(isDownstream).sort());
    const byStage = Object.fromEntries(manifests.map((manifest) => [manifest.stage, manifest]));
    expect(byStage).toMatchObject(expected.manifests);
    for (const stage of expected.absent ?? []) expect(Object.keys(byStage)).not.toContain(stage);
  });
});
