import { prettyJson } from '../../core/canonicalJson.ts';
import { barMs, barsPerDay, formatTime } from '../../core/time.ts';
import { columnOfSteps } from '../../portfolio/book/steps.ts';
import { legacyCostDrag, legacyDiversification, legacyEdgeRows, legacySelection, legacySymbolRows } from '../../portfolio/legacy/contributions.ts';
import { legacyEdge, type LegacyEdgePaths } from '../../portfolio/legacy/edges.ts';
import { legacyMetrics } from '../../portfolio/legacy/metrics.ts';
import { legacyDefaults, runLegacy } from '../../portfolio/legacy/runLegacy.ts';
import { legacyModes } from '../../portfolio/legacy/weights.ts';
import { referenceMonths, referenceSeeds } from '../../portfolio/universe/referenceUniverse.ts';
import { csvText } from './csv.ts';
import { edgeCost, type SymbolPart } from './portfolioEdges.ts';
import type { PortfolioFile } from './portfolioFiles.ts';
import { portfolioDays } from './portfolioSpan.ts';
import type { RunConfig } from './runConfig.ts';

const referenceTop = 10;
const referenceLookbackDays = 90;

/** The reference's own portfolio files on the same edges, with its definitions and its faults: for comparison only. */
export function legacyFiles(config: RunConfig, parts: readonly SymbolPart[], runId: string): PortfolioFile[] {
  const portfolio = config.portfolio!;
  const days = portfolioDays(config);
  const rows = days.days * barsPerDay;
  const openTime = Float64Array.from({ length: rows }, (_, row) => days.firstDay + row * barMs);
  const symbols = parts.map(({ symbol }) => symbol);
  const edges = portfolio.edges.map(({ document }, e): LegacyEdgePaths => {
    const positions = parts.map((part) => columnOfSteps(part.positions[e]!, rows));
    return legacyEdge(document.edge_id, { positions, priceReturns: parts.map(({ returns }) => returns) }, edgeCost(document, config.costBps));
  });
  const monthSymbols = referenceMonths(parts, days, { top: referenceTop, lookbackDays: referenceLookbackDays, seeds: referenceSeeds });
  const files: PortfolioFile[] = [];
  const modes = legacyModes.map((mode) => {
    const run = runLegacy(mode, edges, { symbols, openTime, monthSymbols });
    const metrics = legacyMetrics(run, edges, openTime, legacyDefaults.limits);
    const drag = legacyCostDrag(metrics, openTime, config.costBps / 10_000);
    const record = { ...metrics, estimated_cost_drag: drag, diversification_benefit: legacyDiversification(run, edges) };
    const time = (row: number) => formatTime(openTime[row]!);
    const table = (header: readonly string[], columns: readonly Float64Array[]) =>
      csvText(
        ['timestamp', ...header],
        Array.from({ length: rows }, (_, row) => [time(row), ...columns.map((column) => column[row]!)]),
      );
    files.push(
      { name: `portfolio_returns_${mode}.csv`, text: table(['portfolio_ret', 'portfolio_pnl'], [run.pnl, run.pnl]), rows },
      {
        name: `edge_weights_${mode}.csv`,
        text: table(
          edges.map(({ id }) => id),
          run.weights,
        ),
        rows,
      },
      { name: `symbol_exposures_${mode}.csv`, text: table(symbols, run.exposures), rows },
      contribution(`edge_contribution_${mode}.csv`, legacyEdgeRows(run, edges)),
      contribution(
        `symbol_contribution_${mode}.csv`,
        legacySymbolRows(
          run,
          symbols,
          edges.map(({ pnl }) => pnl),
        ),
      ),
      { name: `metrics_${mode}.json`, text: prettyJson(record), rows: null },
    );
    return record;
  });
  const summary = {
    run_id: runId,
    is_evidence: false,
    objective: { target_metric: 'net_total_return' },
    universe: {
      requested: portfolio.universe,
      resolved_symbols: symbols,
      monthly_top_symbols: Object.fromEntries(monthSymbols),
      lookback_days: referenceLookbackDays,
      top_n: referenceTop,
    },
    constraints: legacyDefaults.limits,
    edge_ids: edges.map(({ id }) => id),
    modes: Object.fromEntries(modes.map((record) => [record.mode, record])),
    selected_mode: legacySelection(modes)?.mode ?? null,
  };
  return [...files, { name: 'metrics.json', text: prettyJson(summary), rows: null }];
}

function contribution(name: string, records: readonly object[]): PortfolioFile {
  const header = Object.keys(records[0] ?? {});
  const rows = records.map((record) => header.map((key) => (record as Record<string, string | number>)[key]!));
  return { name, text: csvText(header, rows), rows: rows.length };
}
