import { canonicalJson, prettyJson } from '../../core/canonicalJson.ts';
import { barMs, daysPerYear, dayMs, formatDay } from '../../core/time.ts';
import type { Table } from '../../core/table.ts';
import { columnOfSteps } from '../../portfolio/book/steps.ts';
import type { ModeRun } from '../../portfolio/book/runMode.ts';
import { portfolioDigest } from '../../portfolio/document.ts';
import { capacity } from '../../portfolio/metrics/capacity.ts';
import { edgeContributions, symbolContributions } from '../../portfolio/metrics/contributions.ts';
import { byCondition, byYear } from '../../portfolio/metrics/periods.ts';
import { type DaySpan, type PortfolioMetrics, portfolioMetrics } from '../../portfolio/metrics/portfolioMetrics.ts';
import { riskWindows } from '../../portfolio/metrics/riskShares.ts';
import { sharpe } from '../../stats/sharpe.ts';
import { columnsOf } from './artifacts.ts';
import { csvText } from './csv.ts';
import { benchmarkModes } from './portfolioConfig.ts';
import type { PortfolioOutcome } from './portfolioRun.ts';

/** A file of the portfolio's folder. */
export interface PortfolioFile {
  readonly name: string;
  readonly text: string;
  readonly rows: number | null;
}

/** Days of a split as it is written; null for an empty one. */
export interface SplitRecord {
  readonly from: string;
  readonly to: string;
  readonly days: number;
}

/** metrics.json of a portfolio. */
export interface PortfolioSummary {
  readonly run_id: string;
  readonly portfolio: { readonly id: string; readonly version: number; readonly title: string; readonly digest: string };
  readonly objective: { readonly target_metric: 'net_total_return' };
  readonly universe: {
    readonly requested: string;
    readonly resolved_symbols: readonly string[];
    readonly monthly_symbols: Readonly<Record<string, readonly string[]>>;
    readonly lookback_days: number;
    readonly slots: number;
  };
  readonly constraints: Readonly<Record<string, unknown>>;
  readonly edge_ids: readonly string[];
  /** Declared before anything was computed, never chosen by its result. */
  readonly selected_mode: string;
  readonly baseline_mode: string;
  readonly splits: {
    readonly walk_forward: SplitRecord | null;
    readonly holdout: SplitRecord | null;
    readonly holdout_state: 'none' | 'sealed' | 'opened';
    readonly holdout_days: number;
  };
  readonly modes: Readonly<Record<string, PortfolioMetrics>>;
  readonly holdout: Readonly<Record<string, PortfolioMetrics>> | null;
  /** Each mode beside the benchmarks, Sharpe ratios out of sample. */
  readonly comparison: readonly {
    readonly mode: string;
    readonly sharpe_annualized: number | null;
    readonly net_total_return: number;
    readonly beats_equal_weight: boolean | null;
    readonly beats_inverse_volatility: boolean | null;
  }[];
  readonly capacity: number | null;
  readonly years: readonly { readonly period: string; readonly days: number; readonly pnl: number }[];
  readonly conditions: readonly { readonly period: string; readonly days: number; readonly pnl: number }[];
}

/** Summary of a run, and the metrics of each mode out of sample. */
export function portfolioSummary(outcome: PortfolioOutcome, runId: string, initialEquity: number): PortfolioSummary {
  const { portfolio, days, universe, market, limits, modes, walkForward, holdout, streams } = outcome;
  const { document } = portfolio;
  const metricsOf = (span: DaySpan) =>
    Object.fromEntries(modes.map(({ mode, book }) => [mode, portfolioMetrics(book, { span, limits, initialEquity })]));
  const declared = modes[0]!;
  const own = metricsOf(walkForward);
  return {
    run_id: runId,
    portfolio: { id: document.id, version: document.version, title: document.title, digest: portfolioDigest(document) },
    objective: { target_metric: 'net_total_return' },
    universe: {
      requested: portfolio.universe,
      resolved_symbols: market.symbols,
      monthly_symbols: Object.fromEntries(
        universe.months.map(({ label, rows }) => [label, rows.filter((row) => row.isMember).map(({ symbol }) => symbol)]),
      ),
      lookback_days: document.universe.lookback_days,
      slots: universe.slots,
    },
    constraints: document.limits,
    edge_ids: streams.map(({ edge }) => edge),
    selected_mode: declared.mode,
    baseline_mode: document.baseline,
    splits: {
      walk_forward: splitOf(outcome, walkForward),
      holdout: holdout === null ? null : splitOf(outcome, holdout),
      holdout_state: days.holdout,
      holdout_days: days.holdoutDays,
    },
    modes: own,
    holdout: holdout === null ? null : metricsOf(holdout),
    comparison: comparison(modes, walkForward, own),
    capacity: capacity(declared.book, { dollarVolume: outcome.dollarVolume, span: walkForward, participationMax: document.gates.participation_max }),
    years: byYear(declared.book.daily.pnl, market.firstDay, walkForward),
    conditions: byCondition(declared.book.daily.pnl, market, walkForward),
  };
}

function splitOf({ market }: PortfolioOutcome, { from, to }: DaySpan): SplitRecord | null {
  if (from >= to) return null;
  return { from: formatDay(market.firstDay + from * dayMs), to: formatDay(market.firstDay + (to - 1) * dayMs), days: to - from };
}

function comparison(modes: readonly ModeRun[], span: DaySpan, metrics: Readonly<Record<string, PortfolioMetrics>>): PortfolioSummary['comparison'] {
  const ratio = new Map(modes.map(({ mode, book }) => [mode, sharpe(book.daily.pnl.subarray(span.from, span.to), daysPerYear).annualized]));
  const beats = (mode: string, other: string) => {
    const [own, its] = [ratio.get(mode) ?? null, ratio.get(other) ?? null];
    return mode === other || own === null || its === null ? null : own > its;
  };
  const [equal, inverse] = benchmarkModes;
  return modes.map(({ mode }) => ({
    mode,
    sharpe_annualized: ratio.get(mode) ?? null,
    net_total_return: metrics[mode]!.net_total_return,
    beats_equal_weight: beats(mode, equal),
    beats_inverse_volatility: beats(mode, inverse),
  }));
}

/** Every text file of the portfolio's folder but the summaries. */
export function portfolioTables(outcome: PortfolioOutcome): PortfolioFile[] {
  const { universe, market, stress, modes, walkForward, streams, without } = outcome;
  const files: PortfolioFile[] = [
    { name: 'universe.json', text: prettyJson(universeRecord(outcome)), rows: universe.months.length },
    { name: 'stress.json', text: prettyJson(stress), rows: stress.length },
    { name: 'daily_returns.csv', text: dailyReturns(outcome), rows: market.days },
    { name: 'daily_book.csv', text: dailyBook(outcome), rows: market.days },
    { name: 'risk_shares.csv', text: riskTable(outcome), rows: null },
  ];
  for (const run of modes) {
    const edges = edgeContributions(run.book, streams, { span: walkForward, without: run === modes[0] ? without : null });
    const symbols = symbolContributions(run.book, market.symbols, walkForward);
    files.push(
      { name: `weights_${run.mode}.csv`, text: weightsTable(outcome, run), rows: market.days },
      { name: `decisions_${run.mode}.jsonl`, text: decisionLines(outcome, run), rows: run.decisions.length },
      { name: `edge_contribution_${run.mode}.csv`, text: recordsCsv(edges), rows: edges.length },
      { name: `symbol_contribution_${run.mode}.csv`, text: recordsCsv(symbols), rows: symbols.length },
    );
  }
  return files;
}

function universeRecord({ portfolio, universe }: PortfolioOutcome): unknown {
  return {
    requested: portfolio.universe,
    rule: portfolio.document.universe,
    slots: universe.slots,
    months: universe.months.map(({ label, isSeeded, rows }) => ({
      month: label,
      is_seeded: isSeeded,
      symbols: rows.map(({ symbol, isMember, reason, rank, dollarVolume, coverage, listedDays }) => ({
        symbol,
        is_member: isMember,
        reason,
        rank,
        dollar_volume: dollarVolume,
        coverage,
        listed_days: listedDays,
      })),
    })),
  };
}

const dayText = (outcome: PortfolioOutcome, day: number) => formatDay(outcome.market.firstDay + day * dayMs);

/** Which split a day belongs to. */
export function splitName(
  { walkForward, holdout }: Pick<PortfolioOutcome, 'walkForward' | 'holdout'>,
  day: number,
): 'warm_up' | 'walk_forward' | 'holdout' {
  if (holdout !== null && day >= holdout.from) return 'holdout';
  return day >= walkForward.from && day < walkForward.to ? 'walk_forward' : 'warm_up';
}

function dailyReturns(outcome: PortfolioOutcome): string {
  const { modes, streams, market } = outcome;
  const rows = Array.from({ length: market.days }, (_, day) => [
    dayText(outcome, day),
    splitName(outcome, day),
    ...modes.map(({ book }) => book.daily.pnl[day]!),
    ...streams.map(({ daily }) => daily[day]!),
  ]);
  return csvText(['day', 'split', ...modes.map(({ mode }) => mode), ...streams.map(({ edge }) => `unit:${edge}`)], rows);
}

const bookColumns = ['pnl', 'cost', 'netting', 'traded', 'increases', 'throttle', 'largestGross', 'largestNet', 'largestSymbol'] as const;

/** The declared mode by day. */
function dailyBook(outcome: PortfolioOutcome): string {
  const { daily } = outcome.modes[0]!.book;
  const header = [
    'day',
    'split',
    'pnl',
    'cost',
    'netting',
    'traded',
    'weight_increases',
    'throttle',
    'largest_gross',
    'largest_net',
    'largest_symbol',
  ];
  const rows = Array.from({ length: outcome.market.days }, (_, day) => [
    dayText(outcome, day),
    splitName(outcome, day),
    ...bookColumns.map((name) => daily[name][day]!),
  ]);
  return csvText(header, rows);
}

function riskTable(outcome: PortfolioOutcome): string {
  const { streams, modes, walkForward } = outcome;
  const windows = riskWindows(modes[0]!.book.daily.edgePnl, walkForward);
  const rows = windows.map(({ day, shares }) => [dayText(outcome, day), ...(shares ?? streams.map(() => null))]);
  return csvText(['window_end', ...streams.map(({ edge }) => edge)], rows);
}

/** Weights in force and decided, by day. */
function weightsTable(outcome: PortfolioOutcome, { book }: ModeRun): string {
  const { streams, market } = outcome;
  const rows = Array.from({ length: market.days }, (_, day) => [dayText(outcome, day), ...book.weights[day]!, ...book.targets[day]!]);
  return csvText(['day', ...streams.map(({ edge }) => edge), ...streams.map(({ edge }) => `target:${edge}`)], rows);
}

/** One JSON document per decision; `day` is the one that had ended, the weights act on the next. */
function decisionLines(outcome: PortfolioOutcome, { decisions, book }: ModeRun): string {
  const { streams, market } = outcome;
  const lines = decisions.map(({ day, primalResidual, dualGap, uses, ...rest }) => {
    const target = book.targets[day + 1] ?? book.next;
    return canonicalJson({
      ...rest,
      day: dayText(outcome, day),
      acts_from: formatDay(market.firstDay + (day + 1) * dayMs),
      primal_residual: primalResidual,
      dual_gap: dualGap,
      target: Object.fromEntries(streams.map(({ edge }, e) => [edge, target?.[e] ?? null])),
      in_force: Object.fromEntries(streams.map(({ edge }, e) => [edge, book.weights[day + 1]?.[e] ?? null])),
      binding: uses.map(({ constraint, subject, value, limit, price }) => ({ constraint, subject, value, limit, price })),
    });
  });
  return lines.map((line) => `${line}\n`).join('');
}

function recordsCsv(records: readonly object[]): string {
  const header = Object.keys(records[0] ?? {});
  return csvText(
    header,
    records.map((record) => header.map((name) => (record as Record<string, string | number | null>)[name]!)),
  );
}

const returnColumns = columnsOf('timestamp:timestamp portfolio_pnl gross cost funding');

/** The declared mode bar by bar: what it earned, and the exposure of every symbol in force after each bar. */
export function portfolioBars({ market, modes }: PortfolioOutcome): { returns: Table; exposures: Table } {
  const { book } = modes[0]!;
  const { rows, firstDay, symbols } = market;
  const timestamp = Float64Array.from({ length: rows }, (_, row) => firstDay + row * barMs);
  const numbers = Object.fromEntries(symbols.map((symbol, s) => [symbol, columnOfSteps(book.exposures[s]!, rows)]));
  return {
    returns: {
      columns: returnColumns,
      rows,
      numbers: { timestamp, portfolio_pnl: book.pnl, gross: book.gross, cost: book.cost, funding: book.funding },
      texts: {},
    },
    exposures: { columns: columnsOf(['timestamp:timestamp', ...symbols].join(' ')), rows, numbers: { timestamp, ...numbers }, texts: {} },
  };
}
