import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, type CliResult, cliJson, errorCode, expectNothingHalfMade, filesBelow, type RunDocument } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { type ArchiveServer, goldenFolder, noteMissing, serveArchive } from '../support/shared.ts';

if (goldenFolder === null) noteMissing('the command line on real archives');

const folder = temporaryFolder();
const root = (name: string) => join(folder, name);
const servers: ArchiveServer[] = [];

async function serving(faults: Record<string, unknown>): Promise<string> {
  const server = (await serveArchive({ faults }))!;
  servers.push(server);
  return server.url;
}
const args = (url: string, name: string) =>
  ['run', '--symbols', 'BTCUSDT', '--start', '2021-01-01', '--end', '2021-02-28', '--archive-url', url, '--data-root', root(name)] as const;
const january = 'lake/raw/binance/perp/BTCUSDT/ohlcv_15m/year=2021/month=01/ohlcv_BTCUSDT_2021-01.parquet';
const partitions = (name: string) => filesBelow(root(name)).filter((file) => /raw\/binance\/perp\/.*\.parquet$/.test(file));

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  removeFolders();
});

/** Retries wait on purpose, so all the failing runs go on at once. */
describe.runIf(goldenFolder !== null)('on an archive server that misbehaves', () => {
  const results: Record<string, CliResult> = {};
  let sound: RunDocument;
  let url: string;

  beforeAll(async () => {
    const faults = { badsum: { badsum: 1 }, corrupt: { corrupt: 1 }, errors: { fail: 1, only: 'klines.*2021-02' }, absent: { hide: 'klines' } };
    const failing = Object.entries(faults).map(async ([name, fault]) => {
      results[name] = await cli(args(await serving(fault), name));
    });
    url = await serving({});
    sound = await cliJson<RunDocument>(args(url, 'sound'));
    await Promise.all(failing);
  });

  it.each(['badsum', 'corrupt'])('%s: an archive that does not match its checksum ends with 3 and nothing of it is kept', (name) => {
    const { exit, stderr } = results[name]!;
    expect([exit, errorCode(stderr)]).toEqual([3, 'E_CHECKSUM']);
    expect(stderr).toMatch(/BTCUSDT-\S+-2021-0[12]\.zip: SHA-256 is [0-9a-f]{64}, its CHECKSUM file says [0-9a-f]{64}/);
    expect(partitions(name)).toEqual([]);
    expectNothingHalfMade(root(name));
  });

  it('server errors end with 4 after several attempts, and what was fetched is kept', () => {
    const { exit, stderr } = results['errors']!;
    expect([exit, errorCode(stderr)]).toEqual([4, 'E_NETWORK']);
    expect(stderr).toMatch(/klines.*status 5\d\d \(gave up after 5 attempts\)/);
    expect(partitions('errors')).toContain(january);
    expectNothingHalfMade(root('errors'));
  });

  it('months that are absent everywhere end with 3, naming symbol and dates', () => {
    const { exit, stderr } = results['absent']!;
    expect([exit, errorCode(stderr)]).toEqual([3, 'E_NO_DATA']);
    expect(stderr).toMatch(/BTCUSDT between 2021-01-01 and 2021-02-28/);
    expectNothingHalfMade(root('absent'));
  });

  it.each(['badsum', 'errors', 'absent'])(
    '%s: the same command on a sound server finishes with the tree hash of a run that never failed',
    async (name) => {
      const kept = () => (name === 'errors' ? statSync(join(root(name), january)).mtimeMs : 0);
      const before = kept();
      const run = await cliJson<RunDocument>(args(url, name));
      expect({ ...run, executed: [] }).toEqual({ ...sound, executed: [] });
      expect(kept()).toBe(before);
    },
  );
});
