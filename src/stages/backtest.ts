import { prettyJson } from '../core/canonicalJson.ts';
import type { Finding } from '../core/findings.ts';
import { accountingOf } from '../engine/accountings.ts';
import type { Line } from '../engine/accounting.ts';
import { type Book, sumBook } from '../engine/book.ts';
import { bookMetrics } from '../engine/bookMetrics.ts';
import { feeSensitivity } from '../engine/feeSensitivity.ts';
import { latencySensitivity, netByDelay } from '../engine/latencySensitivity.ts';
import { addQualityShares, type QualityShare, qualityShares } from '../engine/qualityShares.ts';
import { type Segment, segmentByFunding } from '../engine/segmentation.ts';
import type { Trade } from '../engine/trades.ts';
import { toArtifact, writeText } from './lib/artifacts.ts';
import { engineMetrics } from './lib/engineMetrics.ts';
import { portfolioTable, strategyTable, type TableLine } from './lib/engineTables.ts';
import { equityCsv } from './lib/equityFile.ts';
import { feeRecords, legacyFees } from './lib/feeFiles.ts';
import { latencyRecords } from './lib/latencyFile.ts';
import { type LoadedFrame, loadFrame } from './lib/loadFrame.ts';
import { qualityRecords } from './lib/qualityRecords.ts';
import { runProfile } from './lib/runConfig.ts';
import { type Artifact, defineStage, type StageContext, type StageResult, type SymbolResult } from './lib/stage.ts';
import { tradesCsv } from './lib/tradeFiles.ts';

/** What the finishing step needs of one symbol: columns are shared or moved between threads, never copied twice. */
interface SymbolPayload {
  readonly frame: TableLine['frame'];
  readonly context: TableLine['context'];
  readonly lines: readonly Line[];
  readonly quality: readonly QualityShare[];
}

export default defineStage({
  id: 'backtest',
  summary: 'resolves strategies on every symbol, sums the book, extracts trades and metrics',
  after: ['clean', 'features', 'context'],
  parameters: (config) => ({
    symbols: config.symbols,
    strategies: config.strategies,
    accounting: config.accounting,
    compat: config.compat,
    cost_bps: config.costBps,
    initial_equity: config.initialEquity,
  }),
  units: (context) => context.strategies.map(({ id }) => `strategy/${id}`),
  perSymbol: simulateSymbol,
  finish: finishBook,
});

async function simulateSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const { config } = context;
  const accounting = accountingOf(config.accounting);
  const loaded: LoadedFrame = await loadFrame(context, symbol);
  const lines = config.strategies.map(({ id, params }) => {
    const strategy = context.strategies.find((candidate) => candidate.id === id)!;
    return accounting.simulate(loaded.frame, strategy, params, { costFraction: config.costBps / 10_000, profile: runProfile(config) });
  });
  const { rows, openTime, columns, quality } = loaded.frame;
  const pick = (source: Readonly<Record<string, Float64Array>>, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, source[name]!]));
  const payload: SymbolPayload = {
    frame: { symbol, rows, openTime, columns: pick(columns, ['close', 'high', 'low', 'high_96', 'low_96']) },
    context: pick(loaded.context, ['fp_active', 'fp_age_bars', 'fp_norm_due', 'fp_severity']),
    lines,
    quality: addQualityShares(lines.map((line) => qualityShares({ ...line, ...(quality === undefined ? {} : { quality }) }))),
  };
  const counts = Object.fromEntries(lines.map((line) => [line.strategy, { trades: line.trades.length, ...line.diagnostics }]));
  return { symbol, inputs: loaded.inputs, outputs: [], counts, findings: lineFindings(lines), payload };
}

async function finishBook(context: StageContext, symbols: readonly SymbolResult[]): Promise<StageResult> {
  const { config, paths, runId } = context;
  const payloads = symbols.map((result) => result.payload as SymbolPayload);
  const outputs: Artifact[] = [];
  const all: TableLine[] = [];
  const perStrategy: Record<string, Book> = {};
  for (const { id } of config.strategies) {
    const lines = payloads.map(({ frame, context: state, lines: own }) => ({
      line: own.find((line) => line.strategy === id)!,
      frame,
      context: state,
    }));
    all.push(...lines);
    perStrategy[id] = sumBook(lines.map(({ line, frame }) => ({ line, openTime: frame.openTime })));
    outputs.push(toArtifact(await context.store.write(paths.strategyReturns(runId, id), strategyTable(lines), { isCached: false })));
  }
  const isWhole = config.strategies.length === 1; // then its book is the book
  const book = isWhole ? Object.values(perStrategy)[0]! : sumBook(all.map(({ line, frame }) => ({ line, openTime: frame.openTime })));
  outputs.push(toArtifact(await context.store.write(paths.portfolioReturns(runId), portfolioTable(book))));

  const trades = all.flatMap(({ line }) => line.trades);
  const metricsOf = (part: readonly Trade[], series: Book) => bookMetrics(part, series, config.initialEquity);
  const symbolParts = payloads.map(({ frame, lines }) => {
    const series = sumBook(lines.map((line) => ({ line, openTime: frame.openTime })));
    const own = lines.flatMap((line) => line.trades);
    return { symbol: frame.symbol, metrics: metricsOf(own, series), nets: netByDelay(series) };
  });
  const whole = metricsOf(trades, book);
  const metrics = {
    ...whole,
    accounting: config.accounting,
    compat: config.compat,
    strategies: Object.fromEntries(
      Object.entries(perStrategy).map(([id, series]) => [id, series === book ? whole : metricsOf(ofStrategy(trades, id), series)]),
    ),
    symbols: Object.fromEntries(symbolParts.map(({ symbol, metrics: part }) => [symbol, part])),
  };
  for (const { frame, lines } of payloads) {
    const own = lines.flatMap((line) => line.trades);
    outputs.push(await writeText(context, paths.tradesOf(runId, frame.symbol), tradesCsv(own), own.length));
  }
  outputs.push(await writeText(context, paths.metrics(runId), prettyJson(metrics)));
  outputs.push(await writeText(context, paths.equityCurve(runId), equityCsv(book, config.initialEquity), book.rows));
  const fees = feeSensitivity(trades, book, config.costBps, config.initialEquity);
  outputs.push(
    await writeText(context, paths.feeSensitivity(runId), prettyJson(config.compat === 'reference' ? legacyFees(fees) : feeRecords(fees))),
  );
  const nets = {
    strategies: Object.fromEntries(Object.entries(perStrategy).map(([id, series]) => [id, netByDelay(series)])),
    symbols: Object.fromEntries(symbolParts.map(({ symbol, nets: own }) => [symbol, own])),
  };
  const latency = latencySensitivity(book, nets, config.initialEquity);
  outputs.push(await writeText(context, paths.latencySensitivity(runId), prettyJson(latencyRecords(latency))));
  const diagnostics = engineMetrics(
    perStrategy,
    book,
    all.map(({ line }) => line),
  );
  const funding = segmentByFunding(
    all.map(({ line, context: state }) => ({ pnl: line.money.pnl, active: state['fp_active']!, age: state['fp_age_bars']! })),
  );
  outputs.push(
    await writeText(
      context,
      `${paths.engine(runId)}/metrics.json`,
      prettyJson({
        ...diagnostics,
        funding_persistence: { by_active: segmentRecords(funding.byActive), by_age: segmentRecords(funding.byAge) },
        quality: qualityRecords(addQualityShares(payloads.map(({ quality }) => quality))),
      }),
    ),
  );
  return {
    inputs: symbols.flatMap((result) => result.inputs),
    outputs,
    effective: { accounting: config.accounting, is_evidence: accountingOf(config.accounting).isEvidence, cost_bps: config.costBps },
    counts: { symbols: Object.fromEntries(symbols.map((result) => [result.symbol, result.counts])), trades: trades.length, bars: book.rows },
    findings: symbols.flatMap((result) => result.findings),
  };
}

const ofStrategy = (trades: readonly Trade[], id: string) => trades.filter((trade) => trade.strategy === id);

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
