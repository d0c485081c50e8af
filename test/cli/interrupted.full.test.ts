import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, cliJson, errorCode, filesBelow, type RunDocument, sampleRun } from '../support/cli.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

const folder = temporaryFolder();
const root = (name: string) => join(folder, name);

afterAll(removeFolders);

describe('an interrupted run', () => {
  /** Interrupts at the given stage and returns how the process ended and how long that took. */
  const interrupt = async (name: string, when: RegExp, signal: NodeJS.Signals) => {
    let sent = 0;
    const result = await cli(sampleRun(root(name), { symbols: 'BTCUSDT,ETHUSDT', end: '2023-12-31' }), {
      onProgress: (stderr, kill) => {
        if (sent !== 0 || !when.test(stderr)) return;
        sent = performance.now();
        kill(signal);
      },
    });
    return { ...result, ms: performance.now() - sent };
  };

  it.each([
    ['ingest', /^run /m, 'SIGINT', 130],
    ['clean', /ingest_ohlcv +[\d.]+ s/, 'SIGINT', 130],
    ['features', /clean +[\d.]+ s/, 'SIGTERM', 143],
  ] as const)('during %s ends with its code within two seconds and claims nothing', async (stage, when, signal, exit) => {
    const result = await interrupt(`stop-${stage}`, when, signal);
    expect(result.exit, result.stderr).toBe(exit);
    expect(errorCode(result.stderr)).toBe('E_INTERRUPTED');
    expect(result.stderr).toContain('Run the same command again');
    expect(result.ms).toBeLessThan(2_000);
    const files = filesBelow(root(`stop-${stage}`));
    expect(files.filter((name) => /\.tmp-|\.lock|report\.html/.test(name))).toEqual([]);
    const record = files.find((name) => name.endsWith('run.json'));
    if (record !== undefined) expect(readFileSync(join(root(`stop-${stage}`), record), 'utf8')).toContain('"status": "running"');
  });

  it('continues with the same command and arrives where an uninterrupted one does', async () => {
    const args = (name: string) => sampleRun(root(name), { symbols: 'BTCUSDT,ETHUSDT', end: '2023-12-31' });
    const whole = await cliJson<RunDocument>(args('whole'));
    for (const stage of ['ingest', 'clean', 'features']) {
      const continued = await cliJson<RunDocument>(args(`stop-${stage}`));
      expect(continued.tree_hash).toBe(whole.tree_hash);
      if (stage !== 'ingest') expect(continued.executed).not.toContain('ingest_ohlcv');
    }
  });
});
