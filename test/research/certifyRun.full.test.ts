import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import certify from '../../src/cli/commands/certify.ts';
import type { Feature, Unit } from '../../src/core/define.ts';
import { isAppError } from '../../src/core/errors.ts';
import type { Strategy } from '../../src/core/intent.ts';
import { createFiles } from '../../src/lake/realEffects.ts';
import { unsealJson } from '../../src/lake/sealedJson.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { certificateDocument, certificateOf } from '../../src/research/certificate/document.ts';
import { surrogatePlan } from '../../src/stages/lib/calibrateStudy.ts';
import { type CampaignResult, runCampaign } from '../../src/stages/lib/certifyCampaign.ts';
import { KeptAnswers } from '../../src/stages/lib/certifyParts.ts';
import { type CampaignSubjects, campaignSubjects } from '../../src/stages/lib/certifySubjects.ts';
import { loadPolicies } from '../../src/stages/lib/policySpecs.ts';
import { loadStudies, specFolders } from '../../src/stages/lib/specs.ts';
import { openCampaign, type SurrogateCampaign } from '../../src/stages/lib/surrogateCampaign.ts';
import type { SurrogatePlan } from '../../src/stages/lib/surrogateJob.ts';
import { surrogateLab, type SurrogateUnits } from '../../src/stages/lib/surrogateLab.ts';
import { framesOf } from '../../src/research/surrogate/calibrate.ts';
import { garch } from '../../src/research/surrogate/generators.ts';
import { surrogateMarket } from '../../src/research/surrogate/market.ts';
import { effects, invocation, smallRun } from '../support/lake.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';

/** A campaign over a few short markets: the machinery, not its statistics (certify.nightly.test.ts has those). */

const size = { paths: 2, nulls: 2, references: 1, planted: 1 };
let units: SurrogateUnits;
let chosen: CampaignSubjects;
let plan: SurrogatePlan;

beforeAll(async () => {
  const registry = openRegistry();
  units = { features: await registry.loadAll<Feature>('feature'), strategies: await registry.loadAll<Strategy & Unit>('strategy') };
  const specs = specFolders(createFiles(), null);
  const policies = await loadPolicies(specs, ['vol_shock_throttle']);
  const studies = await loadStudies(specs, ['conditional_expectancy', 'cross_venue_desync']);
  chosen = campaignSubjects({ studies, policies, parents: await loadStudies(specs, ['vol_shock_relaxation']) }, units);
  const shape = { symbols: ['AAAUSDT'], start: Date.UTC(2022, 0, 1), rows: 96 * 90, volatility: 0.004 };
  plan = surrogatePlan(
    chosen,
    framesOf(surrogateMarket(garch, shape, { seed: 7, replicate: 0 }), () => ({})),
  );
});
afterAll(removeFolders);

const alone = (signal = new AbortController().signal): SurrogateCampaign => openCampaign({ workers: 1, units, hasPlugins: false, signal });

/** Counts markets and, where asked, stops after so many. */
function counted(inner: SurrogateCampaign, stop: { after: number; by: AbortController } | null = null): SurrogateCampaign & { markets: number } {
  const campaign = {
    markets: 0,
    run: (given: SurrogatePlan, jobs: Parameters<SurrogateCampaign['run']>[1], onAnswer: Parameters<SurrogateCampaign['run']>[2]) =>
      inner.run(given, jobs, async (at, answers) => {
        campaign.markets++;
        await onAnswer(at, answers);
        if (campaign.markets === stop?.after) stop.by.abort();
      }),
    close: () => inner.close(),
  };
  return campaign;
}

function run(folder: string, campaign: SurrogateCampaign, wanted = size): Promise<CampaignResult> {
  return runCampaign({ plan, chosen, size: wanted, seed: 1, campaign, kept: new KeptAnswers(effects, folder), onProgress: () => {} });
}

describe('a campaign', () => {
  const [folder, other, third] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const markets = 4 * size.paths + 4 * size.nulls + 2 * size.planted;
  let whole: CampaignResult;
  beforeAll(async () => {
    whole = await run(folder, alone());
  });

  it('counts every study and policy on every kind of market, and the reference gates where there are some', () => {
    expect(whole.studies.map(({ id }) => id)).toEqual(['conditional_expectancy']);
    expect(whole.policies.map(({ id }) => id)).toEqual(['vol_shock_throttle']);
    for (const { falseApprovals, reference, power } of [...whole.studies, ...whole.policies]) {
      expect(falseApprovals.map(({ generator, n }) => [generator, n])).toEqual(
        ['student_t', 'garch', 'regimes', 'shuffled_bars'].map((generator) => [generator, 2]),
      );
      expect(reference.map(({ n }) => n)).toEqual([1, 1, 1, 1]);
      expect(power!.points[0]).toMatchObject({ size: 0, bps: 0, n: 2 });
      expect(power!.points.slice(1).every(({ n, size: planted }) => n === 1 && planted > 0)).toBe(true);
    }
    expect(whole.studies[0]!.power!.points[2]!.bps).toBeCloseTo(50.1, 1);
  });

  it('names what it cannot certify, and why', () => {
    expect(chosen.uncertified).toMatchObject([
      { kind: 'study', id: 'cross_venue_desync', reason: 'markets made without an edge have bars and funding, not spot.close' },
    ]);
  });

  it('gives the same answer in whatever order, and by however many, its markets are worked on', async () => {
    const scattered: SurrogateCampaign = {
      async run(given, jobs, onAnswer) {
        for (const at of [...jobs.keys()].toReversed()) await onAnswer(at, surrogateLab(structuredClone(given), units)(jobs[at]!));
      },
      close: () => Promise.resolve(),
    };
    expect(await run(other, scattered)).toEqual(whole);
  });

  it('goes on where it was interrupted, and computes nothing twice', async () => {
    const by = new AbortController();
    const stopped = counted(alone(by.signal), { after: 11, by });
    const error: unknown = await run(third, stopped).catch((thrown: unknown) => thrown);
    expect(isAppError(error) && error.code).toBe('E_INTERRUPTED');
    const rest = counted(alone());
    expect(await run(third, rest)).toEqual(whole);
    expect(stopped.markets + rest.markets).toBe(markets);
    const again = counted(alone());
    expect(await run(third, again)).toEqual(whole);
    expect(again.markets).toBe(0);
  });

  it('extends what is there when it is asked for more', async () => {
    const more = counted(alone());
    const longer = await run(folder, more, { ...size, nulls: 3 });
    expect(more.markets).toBe(4);
    expect(longer.studies[0]!.falseApprovals.map(({ n }) => n)).toEqual([3, 3, 3, 3]);
  });
});

describe('the command', () => {
  const dataRoot = temporaryFolder();
  const flags = {
    symbols: 'BTCUSDT',
    source: 'sample',
    start: '2023-01-01',
    end: '2023-03-31',
    studies: 'funding_persistence',
    policy: 'none',
    paths: '19',
    nulls: '1',
    planted: '0',
    workers: '1',
  };

  it('writes certificate and page, the same again, with the command that makes them, and keeps the distributions for runs', async () => {
    const out = join(dataRoot, 'copy.json');
    const { data, text, exit } = await certify.run(invocation(dataRoot, [], { ...flags, out }));
    expect(exit).toBe(0);
    expect(text).toContain('kept: at most 5 % of markets without an edge');
    const file = join(dataRoot, 'reports', 'certificate', 'certificate.json');
    const stored = readFileSync(file, 'utf8');
    expect(readFileSync(out, 'utf8')).toBe(stored);
    const found = unsealJson<object>(stored, 1);
    const certificate = certificateOf(found.state === 'whole' ? found.value : null)!;
    expect(certificateDocument(certificate)).toEqual((data as { certificate: unknown }).certificate);
    expect(certificate.command).toBe(
      'backtest certify --symbols BTCUSDT --source sample --start 2023-01-01 --end 2023-03-31 --studies funding_persistence --policy none --paths 19 --nulls 1 --planted 0',
    );
    expect(readFileSync(join(dataRoot, 'reports', 'certificate', 'certificate.html'), 'utf8')).toContain(certificate.command);
    expect(existsSync(join(dataRoot, 'reports', 'studies', 'funding_persistence', 'v2', 'calibration'))).toBe(true);
    await certify.run(invocation(dataRoot, [], flags));
    expect(readFileSync(file, 'utf8')).toBe(stored);
  });

  it('refuses sizes that say nothing', async () => {
    const refused = await certify.run(invocation(dataRoot, [], { ...flags, paths: '18' })).catch((error: unknown) => error);
    expect(isAppError(refused) && refused.message).toContain('--paths: expected a whole number of at least 19');
  });
});

describe('the report of a run', () => {
  it('says what the program’s certificate says, beside a page of it that belongs to the run', async () => {
    const dataRoot = temporaryFolder();
    const { runId, manifests } = await smallRun(dataRoot);
    const folder = join(dataRoot, 'reports', 'runs', runId);
    const report = readFileSync(join(folder, 'report.html'), 'utf8');
    const [, page] = /On markets without an edge this program[^]*?<a href="([^"]+)">Certificate<\/a>/.exec(report)!;
    expect(page).toMatch(/^\.\.\/\.\.\/certificate\/[0-9a-f]{12}\/certificate\.html$/);
    expect(readFileSync(join(folder, page!), 'utf8')).toContain('What the route does where there is no edge');
    const { inputs, outputs } = manifests.find(({ stage }) => stage === 'report')!;
    const published = outputs.filter(({ path }) => path.startsWith('reports/certificate/')).map(({ path }) => path);
    expect(published).toEqual([page!.replace('../../', 'reports/').replace('.html', '.json'), page!.replace('../../', 'reports/')]);
    expect(readFileSync(join(dataRoot, published[0]!))).toEqual(readFileSync('specs/certificate.json'));
    expect(inputs.some(({ path }) => path === 'specs/certificate.json')).toBe(true);
  });
});
