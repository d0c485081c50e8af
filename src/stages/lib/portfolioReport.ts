import { parseDay } from '../../core/time.ts';
import type { GateFinding } from '../../portfolio/gates/lib/defineGate.ts';
import type { EdgeContribution, SymbolContribution } from '../../portfolio/metrics/contributions.ts';
import type { StressCell } from '../../portfolio/stress/grid.ts';
import type { ReportPortfolio, Series } from '../../report/portfolio/model.ts';
import { limitRows } from '../../portfolio/metrics/portfolioMetrics.ts';
import { outputsWith, readText } from './artifacts.ts';
import { benchmarkModes } from './portfolioConfig.ts';
import type { PortfolioSummary } from './portfolioFiles.ts';
import { limitsOf } from './portfolioLimits.ts';
import { benchmarkSentence } from './portfolioText.ts';
import { parseRecords } from './csv.ts';
import { type DayRow, parseDays, portfolioFile } from './portfolioVerdict.ts';
import type { Artifact, StageContext } from './stage.ts';

/** The run's portfolio for its report, from files that are checked against their recorded hashes; null without one. */
export async function readReportPortfolio(context: StageContext): Promise<{ portfolio: ReportPortfolio | null; inputs: Artifact[] }> {
  const inputs: Artifact[] = [];
  if (context.config.portfolio === undefined || context.upstream['portfolio'] === undefined) return { portfolio: null, inputs };
  const read = async (name: string): Promise<string> => {
    const artifact = portfolioFile(context, name);
    inputs.push(artifact);
    return readText(context, artifact);
  };
  const summary = JSON.parse(await read('metrics.json')) as PortfolioSummary;
  const { selected_mode: mode, splits, portfolio: document } = summary;
  const [verdictFile] = outputsWith(context, 'validate_portfolio', '/verdict.json');
  if (verdictFile !== undefined) inputs.push(verdictFile);
  const portfolio: ReportPortfolio = {
    id: document.id,
    version: document.version,
    title: document.title,
    mode,
    baseline: summary.baseline_mode,
    universe: summary.universe.requested,
    span: splits.walk_forward,
    holdout: { state: splits.holdout_state, days: splits.holdout_days },
    comparison: benchmarkSentence(summary),
    modes: summary.comparison.map((row) => ({ ...summary.modes[row.mode]!, mode: row.mode })),
    edges: parseRecords(await read(`edge_contribution_${mode}.csv`)) as unknown as EdgeContribution[],
    symbols: parseRecords(await read(`symbol_contribution_${mode}.csv`)) as unknown as SymbolContribution[],
    stress: (JSON.parse(await read('stress.json')) as StressCell[]).filter((cell) => cell.mode === mode),
    limits: limitRows(summary.modes[mode]!, limitsOf(context.config.portfolio), summary.edge_ids.length).flatMap(({ limit, observed, allowed }) =>
      observed === null || allowed === null ? [] : [{ limit, used: Math.max(0, observed), allowed }],
    ),
    verdict: verdictFile === undefined ? null : verdictOf(JSON.parse(await readText(context, verdictFile)) as StoredVerdict),
    daily: dailyOf(summary, {
      book: await read('daily_book.csv'),
      returns: await read('daily_returns.csv'),
      weights: await read(`weights_${mode}.csv`),
    }),
    risk: riskOf(summary, await read('risk_shares.csv')),
  };
  return { portfolio, inputs };
}

interface StoredVerdict {
  readonly verdict: string;
  readonly gates: Readonly<Record<string, GateFinding & { readonly code: string }>>;
}

function verdictOf({ verdict, gates }: StoredVerdict): ReportPortfolio['verdict'] {
  return { verdict, gates: Object.entries(gates).map(([id, gate]) => ({ id, ...gate })) };
}

function dailyOf({ edge_ids: edges }: PortfolioSummary, texts: { book: string; returns: string; weights: string }): ReportPortfolio['daily'] {
  const isShown = ({ split }: DayRow) => split === 'walk_forward';
  const [book, returns] = [parseDays(texts.book).filter(isShown), parseDays(texts.returns).filter(isShown)];
  const known = new Set(book.map(({ day }) => day));
  const weights = parseRecords(texts.weights).filter((row) => known.has(String(row['day'])));
  const column = (rows: readonly DayRow[], name: string) => Float64Array.from(rows, ({ values }) => values[name]!);
  return {
    day: Float64Array.from(book, ({ day }) => parseDay(day)!),
    pnl: column(book, 'pnl'),
    cost: column(book, 'cost'),
    traded: column(book, 'traded'),
    throttle: column(book, 'throttle'),
    largestGross: column(book, 'largest_gross'),
    weights: edges.map((name): Series => ({ name, values: Float64Array.from(weights, (row) => Number(row[name])) })),
    benchmarks: benchmarkModes.map((name): Series => ({ name, values: column(returns, name) })),
  };
}

function riskOf({ edge_ids: edges }: PortfolioSummary, text: string): ReportPortfolio['risk'] {
  const rows = parseRecords(text);
  const value = (cell: string | number | null | undefined) => (typeof cell === 'number' ? cell : Number.NaN);
  return {
    day: Float64Array.from(rows, (row) => parseDay(String(row['window_end']))!),
    edges: edges.map((name): Series => ({ name, values: Float64Array.from(rows, (row) => value(row[name])) })),
  };
}
