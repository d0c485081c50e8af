import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignSeed, type FaultyServer, ingestAll } from '../support/httpCampaign.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { noteMissing, serveArchive } from '../support/shared.ts';

const archive = (await serveArchive()) as FaultyServer | null;
if (archive === null) noteMissing('the fault campaign over HTTP');

const scope = { symbols: ['ADAUSDT', 'BTCUSDT', 'ETHUSDT', 'SOLUSDT'], start: '2021-01-01', end: '2025-11-30' };
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

/** reliability.md section 4, HTTP rows: fault script over 1,000 responses, seeds 1 to 20. */
describe.runIf(archive !== null)('ingest through a faulty network, 1,000 responses a seed', () => {
  let clean: string[];
  let stopped = 0;

  beforeAll(async () => {
    clean = (await ingestAll(archive!, temporaryFolder(), scope)) as string[];
    expect(clean.length).toBeGreaterThan(300);
  }, 300_000);
  afterAll(async () => {
    await archive!.close();
    removeFolders();
  });

  it.each(seeds)('seed %i', { timeout: 300_000 }, async (seed) => {
    const outcome = await campaignSeed(archive!, seed, scope, clean);
    if (outcome.stopped === null) expect(outcome.stats.requests).toBeGreaterThan(1_000);
    else stopped++;
    expect(outcome.stopped ?? 'E_NETWORK').toMatch(/^E_(NETWORK|CHECKSUM)$/);
    expect(outcome.isSame).toBe(true);
  });

  it('came through with most seeds', () => {
    expect(stopped).toBeLessThan(seeds.length / 2);
  });
});
