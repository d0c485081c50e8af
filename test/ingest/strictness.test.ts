import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs } from '../../src/core/time.ts';
import type { RunRequest } from '../../src/stages/lib/runConfig.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { barsBetween, fundingBetween, type VenueServer, venueServer } from '../support/venueServer.ts';

/** Funding that the run refuses unless a switch allows it: the whole pipeline, with what the manifests must say. */
const jan = Date.UTC(2024, 0, 1);
const feb = Date.UTC(2024, 1, 1);

let venue: VenueServer;
let dataRoot: string;
beforeEach(async () => {
  venue = await venueServer();
  dataRoot = temporaryFolder();
  venue.putBars('AAAUSDT', '2024-01', barsBetween(jan, feb));
});
afterEach(() => venue.close());
afterAll(removeFolders);

const run = (more: RunRequest = {}) =>
  runInProcess({ symbols: ['AAAUSDT'], start: '2024-01-01', end: '2024-01-31', ...more }, { dataRoot, archiveUrl: venue.url });
const clean = async (more: RunRequest) => (await run(more)).manifests.find(({ stage }) => stage === 'clean')!;

describe('settlement stamps ten minutes past the hour', () => {
  beforeEach(() => {
    venue.putFunding('AAAUSDT', '2024-01', fundingBetween(jan, feb, 8, hourMs / 6));
  });

  it('are refused with the switch to use', async () => {
    await expect(run()).rejects.toMatchObject({
      code: 'E_FUNDING_STAMP',
      exit: 3,
      hint: expect.stringContaining('--allow-funding-timestamp-rounding'),
    });
  });

  it('are rounded, counted and found when the run allows it', async () => {
    const manifest = await clean({ allow_funding_timestamp_rounding: true });
    expect(manifest.counts).toMatchObject({ symbols: { AAAUSDT: { funding_stamps_rounded: 93, funding_missing_bars: 0 } } });
    expect(manifest.findings).toContainEqual(expect.objectContaining({ code: 'FUNDING_STAMPS_ROUNDED', severity: 'warning', observed: 93 }));
  });
});
