import { barMs, dayMs, parseDay } from '../../core/time.ts';
import { type RandomState, namedStream, nextIndex, nextNormal, nextUniform } from '../../core/random.ts';
import { integer, number } from '../../core/params.ts';
import { type BookMetrics, type BookSeries, bookMetrics } from '../../engine/bookMetrics.ts';
import { feeSensitivity } from '../../engine/feeSensitivity.ts';
import { latencySensitivity, netByDelay } from '../../engine/latencySensitivity.ts';
import type { Trade } from '../../engine/trades.ts';
import { certificateSummary } from '../../research/certificate/certification.ts';
import type { ReportModel, ReportTrade } from '../model.ts';
import {
  sampleCandidates,
  sampleFindings,
  samplePolicies,
  sampleProvenance,
  sampleQuality,
  sampleQualityShares,
  sampleStudies,
} from './sampleRecords.ts';
import { sampleOverlays, sampleRisk } from './sampleOverlays.ts';
import { samplePortfolio } from './samplePortfolio.ts';
import { sampleCertificate } from './sampleCertificate.ts';
import { sampleCoverage, sampleWindows } from './sampleWindows.ts';

/** A text that must never become markup. */
export const hostile = '<script>alert(1)</script>';

export interface SampleOptions {
  readonly days?: number;
  readonly trades?: number;
  readonly costBps?: number;
  readonly symbols?: readonly string[];
}

export const sampleStrategies = ['vol_compression_v1', 'vol_compression_momentum_v1'] as const;

/** A made-up but coherent run: bars, trades and metrics agree; the same every time. */
export function sampleModel(options: SampleOptions = {}): ReportModel {
  const { days = 731, trades: wanted = 150, costBps = 6, symbols = ['BTCUSDT', 'ETHUSDT'] } = options;
  const rows = days * 96;
  const start = parseDay('2023-01-01')!;
  const openTime = Float64Array.from({ length: rows }, (_, row) => start + row * barMs);
  const random = namedStream('seed=1/report-sample/model/0');
  const lines = symbols.flatMap((symbol) =>
    sampleStrategies.map((strategy) => sampleLine(random, { symbol, strategy, openTime, costBps, trades: Math.round(wanted / symbols.length / 2) })),
  );
  const metricsOf = (own: readonly SampleLine[], series: BookSeries): BookMetrics =>
    bookMetrics(
      own.flatMap((line) => line.trades),
      series,
      1_000_000,
    );
  const parts = (ids: readonly string[], key: 'strategy' | 'symbol') =>
    ids.map((id) => {
      const own = lines.filter((line) => line[key] === id);
      const series = sumSeries(own, openTime);
      return { id, metrics: metricsOf(own, series), nets: netByDelay(series) };
    });
  const strategies = parts(sampleStrategies, 'strategy');
  const bySymbol = parts(symbols, 'symbol');
  const byId = <T>(all: typeof strategies, value: (part: (typeof strategies)[number]) => T) =>
    Object.fromEntries(all.map((part) => [part.id, value(part)]));
  const netsOf = (all: typeof strategies) => byId(all, ({ nets }) => nets);
  const book = sumSeries(lines, openTime);
  const trades = lines.flatMap((line) => line.trades).sort((a, b) => a.entryTime - b.entryTime);
  const shown = trades.map(toReportTrade);
  return {
    runId: 'sample-two-years',
    setup: sampleSetup(symbols, { costBps, end: new Date(start + (days - 1) * dayMs).toISOString().slice(0, 10) }),
    metrics: {
      ...metricsOf(lines, book),
      strategies: byId(strategies, ({ metrics }) => metrics),
      symbols: byId(bySymbol, ({ metrics }) => metrics),
    },
    book: { rows, ...book, marketReturn: sampleMarket(rows) },
    trades: shown,
    tradeWindows: sampleWindows(shown),
    coverage: sampleCoverage(symbols, { start, end: start + days * dayMs }),
    fees: feeSensitivity(trades, book, costBps, 1_000_000).sort((a, b) => a.costBps - b.costBps),
    risk: sampleRisk(book, trades, sampleStrategies),
    overlays: sampleOverlays(book, trades, { symbols, strategies: sampleStrategies, hostile }),
    latency: latencySensitivity(book, { strategies: netsOf(strategies), symbols: netsOf(bySymbol) }, 1_000_000),
    qualityShares: sampleQualityShares(book.pnl),
    fundingSegments: sampleSegments(rows, book.pnl),
    diagnostics: Object.fromEntries(
      sampleStrategies.map((id) => [
        id,
        {
          total_bars: 2 * rows,
          nan_return_bars: 64,
          nan_return_pct: 32 / rows,
          forced_flat_bars: 0,
          forced_flat_pct: 0,
          missing_feature_bars: 5952,
          missing_feature_pct: 2976 / rows,
          blocked_held_bars: 12,
        },
      ]),
    ),
    quality: sampleQuality(symbols, rows),
    findings: sampleFindings(hostile),
    studies: sampleStudies(hostile),
    policies: samplePolicies(hostile),
    candidates: sampleCandidates(),
    portfolio: samplePortfolio(hostile),
    certificate: { alpha: 0.05, ...certificateSummary(sampleCertificate()), page: '../../certificate/0123456789ab/certificate.html' },
    trials: { hypothesis: 'unregistered', trials: 24, sharpeVariance: 0.0006 },
    provenance: sampleProvenance('sample-two-years', symbols, Math.ceil(days / 30.4)),
  };
}

const seriesNames = ['pnl', 'gross', 'cost', 'funding', 'late', 'later', 'grossExposure', 'netExposure', 'turnover'] as const;
type Series = Readonly<Record<(typeof seriesNames)[number], Float64Array>>;

interface SampleLine extends Series {
  readonly symbol: string;
  readonly strategy: string;
  readonly trades: Trade[];
}

function sampleLine(
  random: RandomState,
  spec: { symbol: string; strategy: string; openTime: Float64Array; costBps: number; trades: number },
): SampleLine {
  const rows = spec.openTime.length;
  const series = Object.fromEntries(seriesNames.map((name) => [name, new Float64Array(rows)])) as Series;
  const trades: Trade[] = [];
  const stride = Math.floor((rows - 3000) / Math.max(1, spec.trades));
  for (let k = 0; k < spec.trades; k++) {
    const entry = 2900 + k * stride + nextIndex(random, Math.max(1, stride - 70));
    trades.push(sampleTrade(random, series, spec, { entry, exit: Math.min(rows - 1, entry + 4 + nextIndex(random, 56)) }));
  }
  for (let row = 0; row < rows; row++) series.pnl[row] = series.gross[row]! - series.cost[row]! + series.funding[row]!;
  return { ...series, ...spec, trades };
}

function sampleTrade(
  random: RandomState,
  series: Series,
  spec: { symbol: string; strategy: string; openTime: Float64Array; costBps: number },
  span: { entry: number; exit: number },
): Trade {
  const { entry, exit } = span;
  const side = nextUniform(random) < 0.55 ? 'long' : 'short';
  const half = spec.costBps / 10_000;
  let [gross, funding] = [0, 0];
  const drift = spec.symbol === 'BTCUSDT' ? 0.00005 : 0.00001;
  for (let row = entry + 1; row <= exit; row++) {
    const move = drift + 0.0024 * nextNormal(random);
    const paid = row % 32 === 0 ? -0.0001 : 0;
    series.gross[row]! += move;
    series.late[row]! += move * 0.55 - 0.00006 + paid;
    series.later[row]! += move * 0.4 - 0.00008 + paid;
    series.funding[row]! += paid;
    gross += move;
    funding += paid;
  }
  for (const row of [entry, exit]) {
    series.cost[row]! += half;
    series.late[row]! -= half;
    series.later[row]! -= half;
    series.turnover[row]! += 1;
  }
  for (let row = entry; row < exit; row++) {
    series.grossExposure[row]! += 1;
    series.netExposure[row]! += side === 'long' ? 1 : -1;
  }
  const cost = 2 * half;
  const pnl = gross - cost + funding;
  const price = spec.symbol === 'BTCUSDT' ? 42_000 + 900 * nextNormal(random) : 2_300 + 60 * nextNormal(random);
  const reason = gross > 0.02 ? 'target' : gross < -0.014 ? 'stop' : exit - entry >= 48 ? 'time' : 'volatility_back';
  return {
    strategy: spec.strategy,
    symbol: spec.symbol,
    direction: side,
    entryRow: entry,
    exitRow: exit,
    entryTime: spec.openTime[entry]!,
    exitTime: spec.openTime[exit]!,
    entryPrice: Math.round(price * 100) / 100,
    exitPrice: Math.round(price * (1 + (side === 'long' ? gross : -gross)) * 100) / 100,
    pnl,
    gross,
    cost,
    funding,
    barsHeld: exit - entry,
    isOpen: false,
    exitReason: reason,
    stop: Math.round(price * (side === 'long' ? 0.986 : 1.014) * 100) / 100,
    target: Math.round(price * (side === 'long' ? 1.028 : 0.972) * 100) / 100,
    rMultiple: pnl / 0.014,
    flaggedBars: 0,
    rangeEdgeRisk: 0.01,
    rangeEdgeR: pnl / 0.016,
    mae: -0.006,
    mfe: 0.007,
  };
}

function sumSeries(lines: readonly SampleLine[], openTime: Float64Array): BookSeries & { readonly netExposure: Float64Array } {
  const total = Object.fromEntries(seriesNames.map((name) => [name, new Float64Array(openTime.length)])) as Series;
  for (const line of lines) for (const name of seriesNames) for (let row = 0; row < openTime.length; row++) total[name][row]! += line[name][row]!;
  const { late, later, ...series } = total;
  return { openTime, ...series, delayedPnl: [late, later] };
}

/** Bar returns of a market that drifts up a little. */
function sampleMarket(rows: number): Float64Array {
  const random = namedStream('seed=1/report-sample/market/0');
  return Float64Array.from({ length: rows }, () => 0.000004 + 0.002 * nextNormal(random));
}

function toReportTrade({ entryRow: _entry, exitRow: _exit, stop, target, rangeEdgeR: _edge, ...trade }: Trade): ReportTrade {
  const known = (price: number) => (Number.isNaN(price) ? null : price);
  return { ...trade, stopPrice: known(stop), targetPrice: known(target) };
}

function sampleSetup(symbols: readonly string[], { costBps, end }: { costBps: number; end: string }): ReportModel['setup'] {
  const hold = integer(48, { min: 1, max: 2880, help: 'Leave after this many bars (48 = 12 hours).' });
  return {
    symbols,
    start: '2023-01-01',
    end,
    source: 'sample',
    compat: null,
    feeBps: costBps - 2,
    slippageBps: 2,
    costBps,
    initialEquity: 1_000_000,
    fundingInPnl: true,
    command: [
      'backtest run',
      `--symbols ${symbols.join()}`,
      '--start 2023-01-01',
      `--end ${end}`,
      `--strategies ${sampleStrategies.join()}`,
      '--source sample',
    ],
    accounting: {
      id: 'screen',
      summary: 'decides and fills at the same close, unit exposure, additive book; a first look, never evidence',
      isEvidence: false,
    },
    strategies: [
      {
        id: sampleStrategies[0],
        summary: 'Trades the first close outside the last day’s range after volatility and range have compressed.',
        params: { compression_rv_pct_max: 12, max_hold_bars: 48 },
        schema: {
          compression_rv_pct_max: number(10, { min: 0, max: 100, help: 'Highest volatility rank (0-100) at which an entry is possible.' }),
          max_hold_bars: hold,
        },
      },
      {
        id: sampleStrategies[1],
        summary: `Follows a close outside the range. ${hostile}`,
        params: { max_hold_bars: 64 },
        schema: { max_hold_bars: hold },
      },
    ],
  };
}

function sampleSegments(rows: number, pnl: Float64Array): ReportModel['fundingSegments'] {
  const total = pnl.reduce((sum, value) => sum + value, 0);
  const segment = (name: string, share: number, bars: number) => ({
    segment: name,
    bars,
    totalPnl: total * share,
    meanPnl: bars === 0 ? 0 : (total * share) / bars,
  });
  return {
    byActive: [segment('inactive', 1.3, Math.round(rows * 3.2)), segment('active', -0.3, Math.round(rows * 0.8))],
    byAge: [
      segment('inactive', 1.3, Math.round(rows * 3.2)),
      segment('0-8', -0.1, 9000),
      segment('9-30', 0.1, 14_000),
      segment('31-96', -0.3, 21_000),
      segment('>96', 0, 0),
    ],
  };
}
