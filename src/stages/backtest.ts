import { canonicalJson, prettyJson } from '../core/canonicalJson.ts';
import type { Finding } from '../core/findings.ts';
import { accountingOf } from '../engine/accountings.ts';
import type { Line } from '../engine/accounting.ts';
import { type Book, sumBook } from '../engine/book.ts';
import { bookMetrics } from '../engine/bookMetrics.ts';
import { feeSensitivity } from '../engine/feeSensitivity.ts';
import { latencySensitivity, netByDelay } from '../engine/latencySensitivity.ts';
import type { Frame } from '../engine/frame.ts';
import type { OverlayBindings } from '../engine/overlay/bindings.ts';
import type { BoundOverlay } from '../engine/overlay/overlay.ts';
import { addQualityShares, type QualityShare, qualityShares } from '../engine/qualityShares.ts';
import { type Segment, segmentByFunding } from '../engine/segmentation.ts';
import type { Trade } from '../engine/trades.ts';
import { toArtifact, writeText } from './lib/artifacts.ts';
import { type BareLine, dailyReturnRecords } from './lib/dailyReturnsFile.ts';
import { engineMetrics } from './lib/engineMetrics.ts';
import { portfolioTable, strategyTable, type TableLine } from './lib/engineTables.ts';
import { equityCsv } from './lib/equityFile.ts';
import { loadExtraColumns } from './lib/extraFrame.ts';
import { feeRecords, legacyFees } from './lib/feeFiles.ts';
import { latencyRecords } from './lib/latencyFile.ts';
import { type LoadedFrame, loadFrame } from './lib/loadFrame.ts';
import { type OverlayLines, overlayLines } from './lib/overlayLines.ts';
import { bindOverlays, plannedOverlays, thresholdFindings } from './lib/overlayPlan.ts';
import { overlayRecords } from './lib/overlayRecords.ts';
import { qualityRecords } from './lib/qualityRecords.ts';
import { type LineRisk, lineRisks, riskRecords } from './lib/riskMetrics.ts';
import { runProfile } from './lib/runConfig.ts';
import { type Artifact, defineStage, type StageContext, type StageResult, type SymbolResult } from './lib/stage.ts';
import { tradesCsv } from './lib/tradeFiles.ts';

/** What the finishing step needs of one symbol: columns are shared or moved between threads, never copied twice. */
interface SymbolPayload {
  readonly frame: TableLine['frame'];
  readonly context: TableLine['context'];
  readonly lines: readonly Line[];
  /** One per line. */
  readonly risks: readonly LineRisk[];
  readonly quality: readonly QualityShare[];
  /** There when the run has overlays. */
  readonly overlays?: OverlayLines;
}

export default defineStage({
  id: 'backtest',
  summary: 'resolves strategies on every symbol, sums the book, extracts trades and metrics',
  after: ['clean', 'clean_extra', 'features', 'context'],
  parameters: (config) => ({
    symbols: config.symbols,
    strategies: config.strategies,
    accounting: config.accounting,
    compat: config.compat,
    cost_bps: config.costBps,
    initial_equity: config.initialEquity,
    ...(config.overlays === undefined ? {} : { overlays: config.overlays, overlay_parents: config.overlayParents ?? [] }),
  }),
  units: (context) => context.strategies.map(({ id }) => `strategy/${id}`),
  perSymbol: simulateSymbol,
  finish: finishBook,
});

async function simulateSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const { config } = context;
  const loaded: LoadedFrame = await loadFrame(context, symbol);
  const { frame } = loaded;
  const simulate = (overlays: readonly BoundOverlay[]): Line[] => config.strategies.map((wanted) => simulateLine(context, frame, wanted, overlays));
  const planned = plannedOverlays(context);
  const extra = planned.length === 0 ? null : await loadExtraColumns(context, symbol, frame.rows);
  const bound = extra === null ? [] : bindOverlays(planned, { ...frame, columns: { ...frame.columns, ...extra.columns } });
  const lines = simulate(bound);
  const { rows, openTime, columns, quality } = frame;
  const pick = (source: Readonly<Record<string, Float64Array>>, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, source[name]!]));
  const payload: SymbolPayload = {
    frame: { symbol, rows, openTime, columns: pick(columns, ['close', 'high', 'low', 'high_96', 'low_96']) },
    context: pick(loaded.context, ['fp_active', 'fp_age_bars', 'fp_norm_due', 'fp_severity']),
    lines,
    risks: lineRisks(lines, frame, runProfile(config).fundingPnl),
    quality: addQualityShares(lines.map((line) => qualityShares({ ...line, ...(quality === undefined ? {} : { quality }) }))),
    ...(bound.length === 0 ? {} : { overlays: overlayLines(lines, { frame, bound, simulate }) }),
  };
  const findings = [...lineFindings(lines), ...thresholdFindings(planned, frame)];
  const counts = Object.fromEntries(lines.map((line) => [line.strategy, { trades: line.trades.length, ...line.diagnostics }]));
  return { symbol, inputs: [...loaded.inputs, ...(extra?.inputs ?? [])], outputs: [], counts, findings, payload };
}

function simulateLine(
  { config, strategies }: StageContext,
  frame: Frame,
  { id, params }: StageContext['config']['strategies'][number],
  overlays: readonly BoundOverlay[],
): Line {
  const strategy = strategies.find((candidate) => candidate.id === id)!;
  const options = { costFraction: config.costBps / 10_000, profile: runProfile(config) };
  return accountingOf(config.accounting).simulate(frame, strategy, params, overlays.length === 0 ? options : { ...options, overlays });
}

interface Books {
  readonly lines: readonly TableLine[];
  readonly whole: Book;
  readonly strategies: Readonly<Record<string, Book>>;
  /** In the order of the payloads. */
  readonly symbols: readonly Book[];
}

function booksOf({ config }: StageContext, payloads: readonly SymbolPayload[]): Books {
  const bookOf = (lines: readonly Pick<TableLine, 'line' | 'frame'>[]) =>
    sumBook(lines.map(({ line, frame }) => ({ line, openTime: frame.openTime })));
  const lines = config.strategies.flatMap(({ id }) =>
    payloads.map(({ frame, context, lines: own }): TableLine => ({ line: own.find((line) => line.strategy === id)!, frame, context })),
  );
  const strategies = Object.fromEntries(config.strategies.map(({ id }) => [id, bookOf(lines.filter(({ line }) => line.strategy === id))]));
  const isWhole = config.strategies.length === 1; // then its book is the book
  const whole = isWhole ? Object.values(strategies)[0]! : bookOf(lines);
  return { lines, whole, strategies, symbols: payloads.map(({ frame, lines: own }) => bookOf(own.map((line) => ({ line, frame })))) };
}

async function finishBook(context: StageContext, symbols: readonly SymbolResult[]): Promise<StageResult> {
  const { config, paths, runId } = context;
  const payloads = symbols.map((result) => result.payload as SymbolPayload);
  const books = booksOf(context, payloads);
  const book = books.whole;
  const outputs: Artifact[] = [];
  for (const { id } of config.strategies) {
    const table = strategyTable(books.lines.filter(({ line }) => line.strategy === id));
    outputs.push(toArtifact(await context.store.write(paths.strategyReturns(runId, id), table, { isCached: false })));
  }
  outputs.push(toArtifact(await context.store.write(paths.portfolioReturns(runId), portfolioTable(book))));
  const trades = books.lines.flatMap(({ line }) => line.trades);
  for (const { frame, lines } of payloads) {
    const own = lines.flatMap((line) => line.trades);
    outputs.push(await writeText(context, paths.tradesOf(runId, frame.symbol), tradesCsv(own), own.length));
  }
  const write = async (path: string, document: unknown) => outputs.push(await writeText(context, path, prettyJson(document)));
  await write(paths.metrics(runId), metricRecords(context, payloads, books));
  outputs.push(await writeText(context, paths.equityCurve(runId), equityCsv(book, config.initialEquity), book.rows));
  const fees = feeSensitivity(trades, book, config.costBps, config.initialEquity);
  await write(paths.feeSensitivity(runId), config.compat === 'reference' ? legacyFees(fees) : feeRecords(fees));
  const nets = {
    strategies: Object.fromEntries(Object.entries(books.strategies).map(([id, series]) => [id, netByDelay(series)])),
    symbols: Object.fromEntries(payloads.map(({ frame }, i) => [frame.symbol, netByDelay(books.symbols[i]!)])),
  };
  await write(paths.latencySensitivity(runId), latencyRecords(latencySensitivity(book, nets, config.initialEquity)));
  const risked = payloads.flatMap(({ lines, risks }) => lines.map((line, i) => ({ line, risk: risks[i]! })));
  await write(paths.riskMetrics(runId), riskRecords(risked, books));
  const daily = dailyReturnRecords(books.strategies, risked, payloads.flatMap(bareLines));
  outputs.push(await writeText(context, paths.dailyReturns(runId), `${canonicalJson(daily)}\n`, daily.days));
  const bindings = bindingsOf(context, payloads, books);
  if (bindings !== null) await write(paths.overlayBindings(runId), bindings);
  await write(`${paths.engine(runId)}/metrics.json`, engineRecords(payloads, books));
  return {
    inputs: symbols.flatMap((result) => result.inputs),
    outputs,
    effective: { accounting: config.accounting, is_evidence: accountingOf(config.accounting).isEvidence, cost_bps: config.costBps },
    counts: { symbols: Object.fromEntries(symbols.map((result) => [result.symbol, result.counts])), trades: trades.length, bars: book.rows },
    findings: [...symbols.flatMap((result) => result.findings), ...idleOverlays(bindings)],
  };
}

/** The lines of a symbol without each of its overlays. */
function bareLines({ frame: { openTime }, overlays }: SymbolPayload): BareLine[] {
  return Object.entries(overlays?.withoutOne ?? {}).flatMap(([overlay, { lines }]) => lines.map((line) => ({ line, openTime, overlay })));
}

/** `metrics.json`: the book, its strategies and its symbols. */
function metricRecords({ config }: StageContext, payloads: readonly SymbolPayload[], { lines, whole, strategies, symbols }: Books) {
  const metricsOf = (part: readonly Trade[], series: Book) => bookMetrics(part, series, config.initialEquity);
  const trades = lines.flatMap(({ line }) => line.trades);
  const ofBook = metricsOf(trades, whole);
  const ofStrategy = (id: string) => trades.filter((trade) => trade.strategy === id);
  return {
    ...ofBook,
    accounting: config.accounting,
    compat: config.compat,
    strategies: Object.fromEntries(
      Object.entries(strategies).map(([id, series]) => [id, series === whole ? ofBook : metricsOf(ofStrategy(id), series)]),
    ),
    symbols: Object.fromEntries(
      payloads.map(({ frame, lines: own }, i) => [
        frame.symbol,
        metricsOf(
          own.flatMap((line) => line.trades),
          symbols[i]!,
        ),
      ]),
    ),
  };
}

/** `engine/metrics.json`. */
function engineRecords(payloads: readonly SymbolPayload[], { lines, whole, strategies }: Books): Record<string, unknown> {
  const funding = segmentByFunding(
    lines.map(({ line, context }) => ({ pnl: line.money.pnl, active: context['fp_active']!, age: context['fp_age_bars']! })),
  );
  return {
    ...engineMetrics(
      strategies,
      whole,
      lines.map(({ line }) => line),
    ),
    funding_persistence: { by_active: segmentRecords(funding.byActive), by_age: segmentRecords(funding.byAge) },
    quality: qualityRecords(addQualityShares(payloads.map(({ quality }) => quality))),
  };
}

/** What the run's overlays did; null without any. */
function bindingsOf(context: StageContext, payloads: readonly SymbolPayload[], books: Books): OverlayBindings | null {
  const overlaid = payloads.flatMap(({ frame, lines, risks, overlays }) =>
    overlays === undefined ? [] : [{ symbol: frame.symbol, openTime: frame.openTime, lines, risks, overlays }],
  );
  return overlaid.length === 0 ? null : overlayRecords(plannedOverlays(context), overlaid, books);
}

function idleOverlays(bindings: OverlayBindings | null): Finding[] {
  return Object.entries(bindings?.overlays ?? {}).flatMap(
    ([overlay, { is_binding: isBinding, condition_true_bars: bars, missing_input_bars: missing }]) => {
      const message = `it changed no position: its condition held on ${bars} bars and could not be told on ${missing}`;
      return isBinding ? [] : [{ code: 'OVERLAY_NOT_BINDING', severity: 'warning' as const, subject: `overlay ${overlay}`, message, observed: bars }];
    },
  );
}

function segmentRecords(segments: readonly Segment[]): Record<string, unknown>[] {
  return segments.map(({ segment, bars, totalPnl, meanPnl }) => ({ segment, bars, total_pnl: totalPnl, mean_pnl: meanPnl }));
}

function lineFindings(lines: readonly Line[]): Finding[] {
  return lines.flatMap((line) => {
    const findings: Finding[] = [];
    const note = (code: string, count: number, message: string) => {
      if (count > 0)
        findings.push({
          code,
          severity: 'warning',
          subject: `${line.strategy} ${line.symbol}`,
          message: `${count} bars ${message}`,
          observed: count,
        });
    };
    note(
      'HELD_BLIND',
      line.diagnostics.blockedHeldBars,
      'were held although a column that the strategy reads was missing, so no exit could be judged',
    );
    note('FORCED_FLAT', line.diagnostics.forcedFlatBars, 'were forced flat at a gap, free of cost and price move (reference rule)');
    return findings;
  });
}
