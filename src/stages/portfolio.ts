import { prettyJson } from '../core/canonicalJson.ts';
import type { Finding } from '../core/findings.ts';
import { toArtifact, writeText } from './lib/artifacts.ts';
import { loadExtraColumns } from './lib/extraFrame.ts';
import { loadFrame } from './lib/loadFrame.ts';
import { edgeStrategyIds, modesOf } from './lib/portfolioConfig.ts';
import { bindOverlays, thresholdFindings } from './lib/overlayPlan.ts';
import { blindFindings, edgeOverlays, simulateEdges, type SymbolPart } from './lib/portfolioEdges.ts';
import { portfolioBars, type PortfolioFile, portfolioSummary, type PortfolioSummary, portfolioTables } from './lib/portfolioFiles.ts';
import { legacyFiles } from './lib/portfolioLegacy.ts';
import { type PortfolioOutcome, runPortfolio } from './lib/portfolioRun.ts';
import { portfolioDays } from './lib/portfolioSpan.ts';
import { benchmarkSentence, portfolioMarkdown } from './lib/portfolioText.ts';
import { type Artifact, defineStage, type StageContext } from './lib/stage.ts';

export default defineStage({
  id: 'portfolio',
  summary: 'runs edges together: universe, weights day by day, netted exposures, stress',
  after: ['clean', 'clean_extra', 'features', 'context'],
  isWanted: ({ portfolio }) => portfolio !== undefined,
  parameters: (config) => {
    const { isValidated: _, ...portfolio } = config.portfolio!;
    const { days, holdout } = portfolioDays(config);
    const { symbols, accounting, compat, costBps, initialEquity } = config;
    return { symbols, accounting, compat, cost_bps: costBps, initial_equity: initialEquity, portfolio, days, holdout };
  },
  units: ({ config }) => [...edgeStrategyIds(config).map((id) => `strategy/${id}`), ...modesOf(config.portfolio!).map((id) => `allocator/${id}`)],
  perSymbol: async (context, symbol) => {
    const { frame, inputs } = await loadFrame(context, symbol);
    const overlays = edgeOverlays(context.config.portfolio!, context);
    const extra = overlays.length === 0 ? { columns: {}, inputs: [] } : await loadExtraColumns(context, symbol, frame.rows);
    const bound = bindOverlays(overlays, { ...frame, columns: { ...frame.columns, ...extra.columns } });
    const payload = simulateEdges(context, frame, { range: portfolioDays(context.config), overlays, bound });
    const counts = { bars: payload.bars.reduce((sum, count) => sum + count, 0) };
    const findings = [...thresholdFindings(overlays, frame), ...blindFindings(bound, frame)];
    return { symbol, inputs: [...inputs, ...extra.inputs], outputs: [], counts, findings, payload };
  },
  finish: async (context, symbols) => {
    const parts = symbols.map(({ payload }) => payload as SymbolPart);
    const outcome = await runPortfolio(context, parts);
    const legacy = context.config.compat === 'reference' ? legacyFiles(context.config, parts, context.runId) : [];
    const summary = portfolioSummary(outcome, context.runId, context.config.initialEquity);
    const { selected_mode: selected, modes, splits } = summary;
    return {
      inputs: symbols.flatMap(({ inputs }) => inputs),
      outputs: await writePortfolio(context, outcome, { summary, legacy }),
      effective: {
        selected_mode: selected,
        universe: summary.universe.requested,
        walk_forward: splits.walk_forward,
        sharpe_annualized: Object.fromEntries(Object.entries(modes).map(([mode, { sharpe_annualized }]) => [mode, sharpe_annualized])),
      },
      counts: {
        edges: outcome.streams.length,
        symbols: outcome.market.symbols.length,
        days: outcome.market.days,
        decisions: outcome.modes[0]!.decisions.length,
      },
      findings: [...symbols.flatMap(({ findings }) => findings), ...portfolioFindings(outcome, summary)],
    };
  },
});

interface Written {
  readonly summary: PortfolioSummary;
  /** The reference's own files, where they were asked for. */
  readonly legacy: readonly PortfolioFile[];
}

async function writePortfolio(context: StageContext, outcome: PortfolioOutcome, { summary, legacy }: Written): Promise<Artifact[]> {
  const folder = context.paths.portfolioReport(context.runId);
  const outputs: Artifact[] = [];
  for (const { name, text, rows } of portfolioTables(outcome)) outputs.push(await writeText(context, `${folder}/${name}`, text, rows));
  for (const [mode, metrics] of Object.entries(summary.modes))
    outputs.push(await writeText(context, `${folder}/metrics_${mode}.json`, prettyJson(metrics)));
  for (const { name, text, rows } of legacy) outputs.push(await writeText(context, `${folder}/reference/${name}`, text, rows));
  const { returns, exposures } = portfolioBars(outcome);
  outputs.push(toArtifact(await context.store.write(`${folder}/portfolio_returns.parquet`, returns)));
  outputs.push(toArtifact(await context.store.write(`${folder}/symbol_exposures.parquet`, exposures)));
  outputs.push(await writeText(context, `${folder}/metrics.json`, prettyJson(summary)));
  outputs.push(await writeText(context, `${folder}/summary.md`, portfolioMarkdown(summary)));
  return outputs;
}

/** What a reader has to know before the numbers. */
function portfolioFindings({ universe, modes, market }: PortfolioOutcome, summary: PortfolioSummary): Finding[] {
  const { selected_mode: selected, splits, comparison } = summary;
  const subject = `portfolio ${summary.portfolio.id}`;
  const findings: Finding[] = [];
  const note = (code: string, message: string, more: Partial<Finding> = {}) =>
    findings.push({ code, severity: 'warning', subject, message, ...more });
  if (splits.walk_forward === null)
    note('PORTFOLIO_NOT_EVALUATED', 'no edge ever had enough history, so no weight was given and no day is out of sample');
  const seeded = universe.months.filter(({ isSeeded }) => isSeeded).length;
  if (seeded > 0) note('UNIVERSE_SEEDED', `${seeded} months have members that were chosen in hindsight; they are no evidence`, { observed: seeded });
  if (market.symbols.length === 0) note('UNIVERSE_EMPTY', 'no symbol was ever eligible, so nothing was traded');
  const kept = modes[0]!.decisions.filter(({ status }) => status === 'kept').length;
  if (kept > 0) note('SOLVER_GAVE_UP', `${kept} decisions have no solution to tolerance; earlier weights were kept`, { observed: kept, allowed: 0 });
  const own = comparison.find(({ mode }) => mode === selected)!;
  if (own.beats_equal_weight === false || own.beats_inverse_volatility === false) note('BENCHMARK_NOT_BEATEN', benchmarkSentence(summary));
  return findings;
}
