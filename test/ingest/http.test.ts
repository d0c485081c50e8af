import { afterAll, describe, expect, it } from 'vitest';
import { campaignSeed, type FaultyServer, ingestAll } from '../support/httpCampaign.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { noteMissing, serveArchive } from '../support/shared.ts';

const archive = (await serveArchive()) as FaultyServer | null;
if (archive === null) noteMissing('the fault campaign over HTTP');

/** One seed of the campaign that http.nightly.test.ts runs in full. */
describe.runIf(archive !== null)('ingest through a faulty network', () => {
  afterAll(async () => {
    await archive!.close();
    removeFolders();
  });

  it('gives the same raw lake as through a good one, or a named error that a rerun heals', async () => {
    const scope = { symbols: ['BTCUSDT'], start: '2024-01-01', end: '2024-12-31' };
    const clean = await ingestAll(archive!, temporaryFolder(), scope);
    expect(clean).toHaveLength(24);
    const { stopped, isSame, stats } = await campaignSeed(archive!, 2, scope, clean as string[]);
    expect(Object.keys(stats.faults).length).toBeGreaterThan(2);
    expect(stopped ?? 'E_NETWORK').toMatch(/^E_(NETWORK|CHECKSUM)$/);
    expect(isSame).toBe(true);
  });
});
