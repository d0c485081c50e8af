import { createEffects } from '../../src/lake/realEffects.ts';
import { createHttp } from '../../src/venues/http.ts';
import { runIngest } from './ingestRun.ts';
import { temporaryFolder } from './pipeline.ts';
import type { ArchiveServer } from './shared.ts';

/** The imitation of the archive with its handles for tests. */
export interface FaultyServer extends ArchiveServer {
  stats(): { requests: number; status: Record<string, number>; faults: Record<string, number> };
  reset(): void;
  setFaults(faults: Record<string, unknown>): void;
}

export interface CampaignScope {
  readonly symbols: readonly string[];
  readonly start: string;
  readonly end: string;
}

/**
 * Faults of every kind that a request may meet, about one answer in five. Those that only the checksum tells are rare:
 * a file that is bad twice running stops the run, and most seeds shall come through.
 */
const faults = { fail: 0.12, codes: '500+502+503+429', corrupt: 0.006, badsum: 0.006, hang: 0.004 };
const cut = { truncate: 0.06, mode: 'cut' };
const short = { truncate: 0.006, mode: 'short' };

/** Hashes of all raw partitions after ingesting both datasets, or the code of the error that stopped it. */
export async function ingestAll(archive: ArchiveServer, dataRoot: string, scope: CampaignScope): Promise<string[] | string> {
  try {
    const hashes: string[] = [];
    for (const dataset of ['ohlcv_15m', 'funding'] as const) {
      const run = await runIngest({ ...scope, dataRoot, archiveUrl: archive.url, dataset, effects: hastyEffects() });
      hashes.push(...run.manifest.outputs.map(({ path, sha256 }) => `${path} ${sha256}`));
    }
    return hashes;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** One seed: with faults the same raw lake as without, or a named error after which a run without faults heals it. */
export async function campaignSeed(archive: FaultyServer, seed: number, scope: CampaignScope, clean: readonly string[]) {
  const dataRoot = temporaryFolder();
  archive.reset();
  archive.setFaults({ ...faults, ...(seed % 2 === 0 ? cut : short), seed });
  const first = await ingestAll(archive, dataRoot, scope);
  const stats = archive.stats();
  archive.setFaults({});
  const healed = typeof first === 'string' ? await ingestAll(archive, dataRoot, scope) : first;
  return { stopped: typeof first === 'string' ? first : null, isSame: JSON.stringify(healed) === JSON.stringify(clean), stats };
}

/** Real effects in a hurry: waits between attempts take no time and silence ends soon. */
function hastyEffects() {
  const real = createEffects({ http: createHttp() });
  const get: typeof real.http.get = (request) => real.http.get({ ...request, headersTimeoutMs: 300, bodyTimeoutMs: 300 });
  const sleep = (_: number, signal?: AbortSignal) => real.clock.sleep(1, signal);
  return { ...real, http: { ...real.http, get }, clock: { ...real.clock, sleep } };
}
