import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { specDigest } from '../../src/governance/documents/digest.ts';
import { metricIds } from '../../src/governance/documents/metrics.ts';
import { metricPointers } from '../../src/governance/evidence/metricPointers.ts';
import { at } from '../../src/governance/evidence/readPointers.ts';
import type { RunSnapshot } from '../../src/governance/evidence/runSnapshot.ts';
import { computedMetrics } from '../../src/governance/promotion/gates.ts';
import { createEffects } from '../../src/lake/realEffects.ts';
import { snapshotRun } from '../../src/stages/lib/governanceRuns.ts';
import { withGovernance } from '../../src/stages/lib/governanceState.ts';
import { createHttp } from '../../src/venues/http.ts';
import { writeFiles } from '../support/cli.ts';
import { edgeDocument } from '../support/governance.ts';
import { overlayDocument, writeOverlays } from '../support/overlayDocument.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';
import { busyPlugins, lenientPolicy, policyRequest, policySpecs } from '../support/policyDocument.ts';

/** Where the numbers of evidence come from, on one run that has everything: a book, an overlay, studies, a portfolio. */

const dataRoot = temporaryFolder();
const plugins = [busyPlugins(temporaryFolder())];
const specs = policySpecs(temporaryFolder(), lenientPolicy());
const [edge, overlay] = [{ ...edgeDocument, hypothesis: null }, overlayDocument('no_shorts_in_rallies', { condition: 'close > lag(close, 96)' })];
let run: RunSnapshot;

beforeAll(async () => {
  writeOverlays(specs, [overlay]);
  const other = { ...edge, edge_id: 'calm_small', sizing: { unit: 'vol_target', target: 0.1 } };
  writeFiles(specs, { 'edges/calm_breakout.json': JSON.stringify(edge), 'edges/calm_small.json': JSON.stringify(other) });
  writeFiles(specs, { 'portfolios/two.yaml': JSON.stringify(portfolio) });
  const request = { ...policyRequest, overlays: ['no_shorts_in_rallies'], portfolio: true, portfolio_spec: 'two', validate_portfolio: true };
  const { runId } = await runInProcess({ ...request, open_holdout: ['two'] }, { dataRoot, specs, plugins });
  const effects = createEffects({ http: createHttp() });
  const options = { effects, dataRoot, plugins, specs, signal: new AbortController().signal };
  run = await withGovernance(options, (tools) => snapshotRun(tools, runId));
}, 400_000);
afterAll(removeFolders);

const portfolio = {
  id: 'two',
  version: 1,
  title: 'Two sizes of one edge',
  edges: ['calm_breakout', 'calm_small'],
  universe: { request: 'TOP1', lookback_days: 20, min_listed_days: 20, min_coverage: 0.9 },
  limits: {
    weight_max: 0.5,
    gross_max: 1,
    net_max: 1,
    symbol_max: 1,
    cvar_max: 0.5,
    drawdown_max: 0.9,
    turnover_daily_max: 1,
    risk_share_max: null,
  },
  allocator: { modes: ['equal_risk'], scenario_days: 60, active_days_min: 5 },
  schedule: { every: 'week' },
  holdout_days: 10,
};

const pointersOf = (kind: 'edge' | 'overlay' | 'portfolio', id: string, digest = '', strategy: string | null = null) =>
  metricPointers(run, { kind, id, version: 1, digest }, strategy);
const ofEdge = () => pointersOf('edge', 'calm_breakout', specDigest(edge), 'vol_compression_v1');
const ofOverlay = () => pointersOf('overlay', overlay.name);
const valueOf = (pointers: ReturnType<typeof ofEdge>, name: string) => pointers.find(({ metric }) => metric === name)!;

describe('numbers of evidence', () => {
  it('have a place in the files of a run for every metric that a policy may name, but for those that are computed when they are judged', () => {
    const found = [...ofEdge(), ...ofOverlay(), ...pointersOf('portfolio', 'two')];
    const names = new Set(found.map(({ metric }) => metric));
    expect(metricIds.filter((metric) => !(computedMetrics as readonly string[]).includes(metric) && !names.has(metric))).toEqual([]);
    for (const { path, pointer } of found) expect(at(run.documents.get(path), pointer), `${path}#${pointer}`).not.toBeUndefined();
    for (const metric of computedMetrics) expect(names).not.toContain(metric);
  });

  it('of an overlay are the difference that it makes, and its limits those of the whole book', () => {
    const folder = `lake/trades/backtests/${run.run_id}`;
    const bindings = run.documents.get(`${folder}/overlay_bindings.json`);
    const own = `/overlays/${overlay.name}/counterfactual`;
    const found = ofOverlay();
    expect(valueOf(found, 'net_total_return')).toMatchObject({ path: `${folder}/overlay_bindings.json` });
    expect(valueOf(found, 'net_total_return').value).toBe(at(bindings, `${own}/net_total_return/delta`));
    expect(valueOf(found, 'net_effect').value).toBe(10_000 * (at(bindings, `${own}/stability_checks/effect`) as number));
    expect(valueOf(found, 'net_effect').value).not.toBe(valueOf(ofEdge(), 'net_effect').value);
    expect(valueOf(found, 'n_effective').value).toBe(at(bindings, `${own}/stability_checks/n_effective`));
    expect(valueOf(found, 'max_drawdown').path).toBe(`${folder}/metrics.json`);
    expect(found.map(({ metric }) => metric)).not.toContain('sharpe_daily_annualized');
  });

  it('of an edge are those of its own strategy, and none of the book where the run does not trade it', () => {
    const without = pointersOf('edge', 'calm_breakout', specDigest(edge)).map(({ metric }) => metric);
    expect(without).toContain('marginal_sharpe');
    expect(without).not.toContain('net_effect');
  });

  it('of what an edge adds to a portfolio are there for exactly the edge that was in it', () => {
    expect(valueOf(ofEdge(), 'marginal_sharpe')).toMatchObject({
      path: `reports/portfolio/${run.run_id}/edge_contribution_equal_risk.csv`,
      pointer: '/calm_breakout/marginal_sharpe',
      unit: 'ratio',
    });
    const other = pointersOf('edge', 'calm_breakout', specDigest({ ...edge, version: 2 }), 'vol_compression_v1');
    expect(other.map(({ metric }) => metric)).not.toContain('marginal_sharpe');
  });

  it('of a portfolio are those of its declared mode and of its verdict', () => {
    const found = pointersOf('portfolio', 'two');
    const summary = run.documents.get(`reports/portfolio/${run.run_id}/metrics.json`);
    expect(valueOf(found, 'net_total_return').value).toBe(at(summary, '/modes/equal_risk/net_total_return'));
    expect(valueOf(found, 'holdout_days').value).toBe(10);
    expect(valueOf(found, 'portfolio_passed').value).toBe(0);
    expect(valueOf(found, 'edges_verified').value).toBe(0);
  });
});
