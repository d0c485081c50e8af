import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs } from '../../src/core/time.ts';
import { simulate } from '../../src/library/simulate.ts';
import {
  legacyCostDrag,
  legacyDiversification,
  legacyEdgeRows,
  legacySelection,
  legacySymbolRows,
} from '../../src/portfolio/legacy/contributions.ts';
import { legacyEdge, type LegacyEdgePaths } from '../../src/portfolio/legacy/edges.ts';
import { legacyMetrics, type LegacyMetrics } from '../../src/portfolio/legacy/metrics.ts';
import { legacyDefaults, type LegacyMarket, type LegacyRun, runLegacy } from '../../src/portfolio/legacy/runLegacy.ts';
import { legacyVerdict } from '../../src/portfolio/legacy/verdict.ts';
import { legacyModes } from '../../src/portfolio/legacy/weights.ts';
import volCompression from '../../src/strategies/vol_compression_v1.ts';
import { expectClose, readCsv, readJson } from '../support/compare.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { loadFrames } from '../support/researchTables.ts';
import { type ArchiveServer, goldenFolder, noteMissing, serveArchive } from '../support/shared.ts';

const symbols = ['BTCUSDT', 'ETHUSDT'];
const costFraction = 6e-4;
const tolerance = { relative: 1e-9, absolute: 1e-12 };

/** The reference's three edges: one strategy, three sets of parameters. Its overlay changes nothing there. */
const edgeParams = {
  vc_core: { one_trade_per_day: true, compression_rv_pct_max: 10, compression_range_mult: 0.8, exit_rv_pct_revert: 40 },
  vc_return_tilt: { one_trade_per_day: false, compression_rv_pct_max: 12, compression_range_mult: 0.9, exit_rv_pct_revert: 45 },
  vc_conservative: { one_trade_per_day: true, compression_rv_pct_max: 8, compression_range_mult: 0.7, exit_rv_pct_revert: 35 },
};

if (goldenFolder === null) noteMissing('comparison with the reference system’s portfolio');

describe.runIf(goldenFolder !== null)('the reference system’s portfolio, 2021-2022', () => {
  const folder = (...parts: string[]) => join(goldenFolder!, 'research', ...parts);
  type Figures = LegacyMetrics & { estimated_cost_drag: number; diversification_benefit: number };
  interface Summary {
    modes: Record<string, Figures>;
    selected_mode: string;
    universe: { monthly_top_symbols: Record<string, string[]> };
  }
  let archive: ArchiveServer;
  let edges: LegacyEdgePaths[];
  let market: LegacyMarket;
  const runs = new Map<string, LegacyRun>();
  const figures = new Map<string, Figures>();

  beforeAll(async () => {
    archive = (await serveArchive())!;
    const request = { symbols, start: '2021-01-01', end: '2022-12-31', strategies: ['vol_compression_v1'], compat: 'reference' };
    const frames = await loadFrames(request, { dataRoot: temporaryFolder(), archiveUrl: archive.url });
    edges = Object.entries(edgeParams).map(([id, params]) => {
      const lines = frames.map((frame) => {
        const whole = { ...frame, fundingRate: new Float64Array(frame.rows) };
        return simulate(volCompression, whole, { params, compat: 'reference' });
      });
      const paths = { positions: lines.map(({ money }) => money.position), priceReturns: lines.map(({ returns }) => returns) };
      return legacyEdge(id, paths, costFraction);
    });
    const summary = readJson<Summary>(folder('multi_edge_backtest/metrics.json'));
    market = { symbols, openTime: frames[0]!.openTime, monthSymbols: new Map(Object.entries(summary.universe.monthly_top_symbols)) };
    for (const mode of legacyModes) {
      const run = runLegacy(mode, edges, market);
      const metrics = legacyMetrics(run, edges, market.openTime, legacyDefaults.limits);
      const estimated_cost_drag = legacyCostDrag(metrics, market.openTime, costFraction);
      runs.set(mode, run);
      figures.set(mode, { ...metrics, estimated_cost_drag, diversification_benefit: legacyDiversification(run, edges) });
    }
  }, 120_000);

  afterAll(async () => {
    await archive.close();
    removeFolders();
  });

  it.each(legacyModes)('weights and exposures of %s', (mode) => {
    const { weights, exposures } = runs.get(mode)!;
    const columns = (part: string, names: readonly string[], values: readonly Float64Array[]) => {
      for (const row of readCsv(folder(`multi_edge_backtest/${part}_${mode}.sample.csv`)))
        for (const [k, name] of names.entries())
          expectClose(values[k]![Number(row['index'])]!, row[name]!, tolerance, `${part} ${name} at ${row['timestamp']}`);
      interface Column {
        sum: number;
        max: number;
        min: number;
        nonzero: number;
      }
      const stats = readJson<Record<string, Column>>(folder(`multi_edge_backtest/${part}_${mode}.stats.json`));
      for (const [k, name] of names.entries()) {
        const { sum, max, min, nonzero } = stats[name]!;
        const column = values[k]!;
        expectClose(
          column.reduce((a, b) => a + b, 0),
          sum,
          tolerance,
          `${part} ${name} sum`,
        );
        expectClose(
          column.reduce((a, b) => Math.max(a, b), -1),
          max,
          tolerance,
          `${part} ${name} max`,
        );
        expectClose(
          column.reduce((a, b) => Math.min(a, b), 1),
          min,
          tolerance,
          `${part} ${name} min`,
        );
        expect(column.filter((value) => value !== 0).length, `${part} ${name} nonzero`).toBe(nonzero);
      }
    };
    columns('edge_weights', Object.keys(edgeParams), weights);
    columns('symbol_exposures', symbols, exposures);
  });

  it.each(legacyModes)('pnl and figures of %s', (mode) => {
    const { pnl } = runs.get(mode)!;
    const daily = new Map<string, number>();
    for (let bar = 0; bar < pnl.length; bar++) {
      const day = new Date(Math.floor(market.openTime[bar]! / dayMs) * dayMs).toISOString().slice(0, 10);
      daily.set(day, (daily.get(day) ?? 0) + pnl[bar]!);
    }
    for (const row of readCsv(folder(`multi_edge_backtest/portfolio_daily_pnl_${mode}.csv`)))
      expectClose(daily.get(row['date']!)!, row['pnl']!, tolerance, `pnl of ${row['date']}`);
    const { paths, ...expected } = readJson<Figures & { paths: unknown }>(folder(`multi_edge_backtest/metrics_${mode}.json`));
    expect(paths).toBeDefined();
    const actual = figures.get(mode)!;
    for (const [name, value] of Object.entries(expected)) {
      const found = actual[name as keyof Figures];
      if (typeof value === 'number') expectClose(found as number, value, tolerance, name);
      else expect(found, name).toEqual(value);
    }
  });

  it.each(legacyModes)('contributions of edges and symbols of %s', (mode) => {
    const run = runs.get(mode)!;
    const expectRows = (name: string, rows: readonly object[]) => {
      const expected = readCsv(folder(`multi_edge_backtest/${name}_${mode}.csv`));
      expect(rows.length).toBe(expected.length);
      for (const [r, row] of expected.entries()) {
        for (const [column, text] of Object.entries(row)) {
          const value = (rows[r] as Record<string, string | number>)[column]!;
          if (typeof value === 'string') expect(value).toBe(text);
          else expectClose(value, text, tolerance, `${name} row ${r} ${column}`);
        }
      }
    };
    expectRows('edge_contribution', legacyEdgeRows(run, edges));
    expectRows(
      'symbol_contribution',
      legacySymbolRows(
        run,
        symbols,
        edges.map(({ pnl }) => pnl),
      ),
    );
  });

  it('selects the same mode and comes to the same verdict', () => {
    const selected = legacySelection(legacyModes.map((mode) => figures.get(mode)!))!;
    expect(selected.mode).toBe(readJson<Summary>(folder('multi_edge_portfolio/summary.json')).selected_mode);
    const { baseline } = { baseline: readJson<Record<string, number>>(join(goldenFolder!, 'strategies/vol_compression_v1/metrics.json')) };
    const run = runs.get(selected.mode)!;
    const verdict = legacyVerdict({
      runId: 'golden_2021_2022',
      selected,
      symbols: legacySymbolRows(
        run,
        symbols,
        edges.map(({ pnl }) => pnl),
      ),
      pnl: run.pnl,
      openTime: market.openTime,
      baselineReturn: baseline['net_total_return']!,
    });
    const expected = readJson<typeof verdict>(folder('multi_edge_validation/verdict.json'));
    expect(verdict).toMatchObject({ run_id: expected.run_id, selected_mode: expected.selected_mode, verdict: expected.verdict });
    for (const [gate, entries] of Object.entries(expected.gates)) {
      for (const [name, value] of Object.entries(entries)) {
        const found = (verdict.gates as Record<string, Record<string, unknown>>)[gate]![name];
        if (typeof value === 'number') expectClose(found as number, value, tolerance, `${gate} ${name}`);
        else expect(found, `${gate} ${name}`).toEqual(value);
      }
    }
  });
});
