import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, cliJson, errorCode } from './support/cli.ts';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';

afterAll(removeFolders);

const folder = temporaryFolder();
const snapshot = (name: string) => join(folder, name);

interface Ratios {
  readonly records: readonly { readonly id: string; readonly ratio: number; readonly drift: { readonly change: number } | null }[];
  readonly broken: readonly string[];
}
interface Stages {
  readonly work: { readonly tree_hash: string; readonly stages: Readonly<Record<string, { readonly rows: number; readonly files: number }>> };
  readonly times: { readonly stages: Readonly<Record<string, { readonly cpu_ms: number; readonly peak_rss_bytes: number }>> };
  readonly drift: Readonly<Record<string, object>> | null;
}

describe('backtest bench', () => {
  it('measures what the filter names, saves it, and shows the drift of the next measurement', async () => {
    const first = await cliJson<Ratios>(['bench', '--filter', 'I5 version', '--save', snapshot('ratios.json'), '--label', 'first']);
    expect(first.records.map(({ id, drift }) => [id, drift])).toEqual([['I5 version', null]]);
    expect(first.broken).toEqual([]);
    const second = await cliJson<Ratios>(['bench', '--filter', 'I5 version', '--against', snapshot('ratios.json')]);
    expect(second.records[0]!.drift!.change).toBeCloseTo(second.records[0]!.ratio / first.records[0]!.ratio - 1, 2);
  });

  it('refuses a filter that matches nothing, and names the suites', async () => {
    const { exit, stderr } = await cli(['bench', '--filter', 'no such thing']);
    expect([exit, errorCode(stderr)]).toEqual([2, 'E_USAGE']);
    expect(stderr).toContain('rolling');
  });
});

describe('backtest bench stages', () => {
  const market = ['--source', 'sample', '--symbols', 'BTCUSDT', '--start', '2023-01-01', '--end', '2023-01-20', '--rounds', '1'];
  const measure = (...more: string[]) => cliJson<Stages>(['bench', 'stages', ...market, ...more], { cwd: folder });

  it('measures every stage and the whole; the work is the same every time', async () => {
    const first = await measure('--save', snapshot('stages.json'));
    expect(Object.keys(first.work.stages)).toEqual(expect.arrayContaining(['ingest_ohlcv', 'clean', 'features', 'backtest', 'report', 'whole']));
    expect(first.work.stages['features']!.rows).toBe(20 * 96);
    for (const times of Object.values(first.times.stages)) expect(times.peak_rss_bytes).toBeGreaterThan(1e7);
    const second = await measure('--against', snapshot('stages.json'));
    expect(second.work).toEqual(first.work);
    expect(Object.keys(second.drift!)).toHaveLength(2 * Object.keys(first.work.stages).length);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('refuses to compare with a snapshot of another market', async () => {
    const { exit, stderr } = await cli(['bench', 'stages', ...market, '--seed', '2', '--against', snapshot('stages.json')]);
    expect([exit, errorCode(stderr)]).toEqual([2, 'E_USAGE']);
    expect(stderr).toContain('it measured sample market 1 BTCUSDT 2023-01-01..2023-01-20');
  });
});
