import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cli, cliJson, errorCode, expectNothingHalfMade, type RunDocument, sampleRun, writeFiles } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { venueServer, type VenueServer } from '../support/venueServer.ts';

const folder = temporaryFolder();
let server: VenueServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});
afterAll(removeFolders);

interface Stopped {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal to the end of the process. */
  readonly ms: number;
}

/** Sends a signal when stderr says so, or when `arm` calls what it is given; then waits for the end. */
async function stop(
  args: readonly string[],
  signal: NodeJS.Signals,
  when: { readonly stderr?: RegExp; readonly arm?: (fire: () => void) => void },
): Promise<Stopped> {
  let sent = 0;
  let kill: (signal: NodeJS.Signals) => void = () => {};
  const fire = () => {
    if (sent !== 0) return;
    sent = performance.now();
    kill(signal);
  };
  const result = await cli(args, {
    onProgress: (stderr, send) => {
      kill = send;
      if (when.stderr?.test(stderr) === true) fire();
      else when.arm?.(fire);
    },
  });
  return { ...result, ms: performance.now() - sent };
}

function expectStopped({ exit, stderr, ms }: Stopped, code: number): void {
  expect(exit, stderr).toBe(code);
  expect(errorCode(stderr)).toBe('E_INTERRUPTED');
  expect(stderr).toContain('Run the same command again to continue where it stopped.');
  expect(ms).toBeLessThan(2_000);
}

describe('a signal while a server does not answer', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the ingest within two seconds with %i, and with one JSON document', async (signal, code) => {
    server = await venueServer();
    const dataRoot = join(folder, `silent-${signal}`);
    const flags = ['--symbols', 'BTCUSDT', '--start', '2023-01-01', '--end', '2023-03-31', '--archive-url', server.url, '--data-root', dataRoot];
    const stopped = await stop(['run', ...flags, '--json'], signal, {
      arm: (fire) => {
        server!.intercept = () => {
          fire();
          return true;
        };
      },
    });
    expectStopped(stopped, code);
    expect(JSON.parse(stopped.stdout)).toMatchObject({ error: { code: 'E_INTERRUPTED' } });
    expectNothingHalfMade(dataRoot);
  });
});

describe('a signal while worker threads compute', () => {
  /** Enough bars (157,536) that worker threads are started. */
  const args = (dataRoot: string) => [...sampleRun(dataRoot, { symbols: 'BTCUSDT,ETHUSDT,SOLUSDT', end: '2024-06-30' }), '--workers', '2'];
  const dataRoot = join(folder, 'threads');

  it.each([
    ['clean', /ingest_ohlcv +[\d.]+ s/],
    ['backtest', /features +[\d.]+ s/],
  ] as const)('ends %s within two seconds with 130 and leaves nothing half made', async (_, when) => {
    expectStopped(await stop(args(dataRoot), 'SIGINT', { stderr: when }), 130);
    expectNothingHalfMade(dataRoot);
  });

  it('the same command goes on from there, and the run is whole', async () => {
    const run = await cliJson<RunDocument>(args(dataRoot));
    expect(run.executed).toEqual(['backtest', 'report']);
    await cliJson(['runs', 'verify', run.run_id, '--data-root', dataRoot]);
  });
});

describe('work that does not listen', () => {
  const source = `export default {
  [Symbol.for('@perp/backtest.unit')]: 'source',
  id: 'deaf', summary: 'never answers', venue: 'deaf', earliest: 0, isOffline: true,
  open: () => ({
    origin: 'deaf', hasDailyFiles: false, describe: () => 'nothing', close: () => new Promise(() => {}),
    fetchArchive: () => new Promise(() => setInterval(() => process.stderr.write('humming\\n'), 50)),
  }),
};
`;
  const plugins = join(writeFiles(folder, { 'deaf/venues/sources/deaf.ts': source }), 'deaf');

  it('is left after a while: Ctrl-C ends the process within two seconds with 130, and says how to go on', async () => {
    const args = [...sampleRun(join(folder, 'deaf-data'), { source: 'deaf' }), '--plugins', plugins];
    expectStopped(await stop(args, 'SIGINT', { stderr: /humming/ }), 130);
  });
});
