import { sha256 } from '../../core/canonicalJson.ts';
import { barMs, parseDay } from '../../core/time.ts';
import type { ReportModel, ReportStage } from '../model.ts';

/** Findings of several stages and severities; one subject is hostile. */
export function sampleFindings(hostile: string): ReportModel['findings'] {
  const day = (text: string) => parseDay(text)!;
  const gaps = Array.from({ length: 70 }, (_, at) => {
    const from = day('2023-03-24') + at * 864_000_000;
    return {
      stage: 'clean',
      code: 'BARS_FLAT_EMPTY',
      severity: 'info',
      subject: at % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT',
      message: `${at + 3} flat bars without volume (an outage) are treated as missing`,
      range: { from, to: from + (at + 2) * barMs },
      observed: at + 3,
    } as const;
  });
  return [
    {
      stage: 'clean',
      code: 'FUNDING_MISSING',
      severity: 'error',
      subject: 'ETHUSDT',
      message: 'settlements are missing: 3 settlements, 3 from 2023-06-01T00:00:00Z',
      observed: 3,
      allowed: 0,
    },
    {
      stage: 'clean',
      code: 'ENDS_EARLY',
      severity: 'warning',
      subject: 'BTCUSDT',
      message: 'bars end at 2024-12-30T23:45:00Z, the run asked for 2024-12-31',
      range: { from: day('2024-12-30'), to: day('2025-01-01') },
    },
    {
      stage: 'ingest_ohlcv',
      code: 'ARCHIVE_ABSENT',
      severity: 'warning',
      subject: hostile,
      message: `the archive of 2024-12 is not there ${hostile}`,
    },
    {
      stage: 'backtest',
      code: 'HELD_BLIND',
      severity: 'warning',
      subject: 'vol_compression_v1 BTCUSDT',
      message: '12 bars were held although a column that the strategy reads was missing, so no exit could be judged',
      observed: 12,
    },
    ...gaps,
  ];
}

/** Data quality per symbol as the clean stage counts it. */
export function sampleQuality(symbols: readonly string[], rows: number): ReportModel['quality'] {
  return Object.fromEntries(
    symbols.map((symbol, at) => [
      symbol,
      {
        bars: rows,
        gap_bars: 64 + at,
        gap_runs: 7,
        longest_gap_bars: 22,
        missing_bars: 40,
        flat_empty_bars: 24 + at,
        funding_missing_bars: 96 * at,
        funding_stale_bars: 0,
        funding_stamps_rounded: 2,
      },
    ]),
  );
}

/** Manifests of all stages with plausible files. */
export function sampleProvenance(run: string, symbols: readonly string[], months: number): ReportStage[] {
  const lake = `lake/runs/${run}`;
  const trades = `lake/trades/backtests/${run}`;
  const years = [2023, 2024];
  const monthly = (dataset: string) =>
    symbols.flatMap((symbol) =>
      Array.from(
        { length: months },
        (_, at) =>
          `lake/raw/sample/perp/${symbol}/${dataset}/year=${2023 + Math.floor(at / 12)}/month=${String((at % 12) + 1).padStart(2, '0')}/${dataset}_${symbol}.parquet`,
      ),
    );
  const yearly = (folder: string) =>
    symbols.flatMap((symbol) => years.map((year) => `${lake}/${folder.replace('<S>', symbol)}/year=${year}/${symbol}_15m_${year}.parquet`));
  return [
    stage('ingest_ohlcv', [], monthly('ohlcv_15m')),
    stage('ingest_funding', [], monthly('funding')),
    stage('clean', [], [...yearly('cleaned/perp/<S>/bars_15m'), ...yearly('cleaned/perp/<S>/funding_15m')]),
    stage('features', ['feature/rv_96', 'feature/rv_pct_2880', 'feature/range_96'], yearly('features/perp/<S>/15m/features_v1')),
    stage(
      'context',
      ['feature/funding_persistence'],
      symbols.map((symbol) => `${lake}/context/funding_persistence/${symbol}/15m.parquet`),
    ),
    stage(
      'backtest',
      ['strategy/vol_compression_v1', 'strategy/vol_compression_momentum_v1'],
      [
        `runs/${run}/engine/portfolio_returns.parquet`,
        ...symbols.map((symbol) => `${trades}/trades_${symbol}.csv`),
        `${trades}/metrics.json`,
        `${trades}/equity_curve.csv`,
        `${trades}/fee_sensitivity.json`,
        `runs/${run}/engine/metrics.json`,
      ],
    ),
  ];
}

function stage(name: string, units: readonly string[], paths: readonly string[]): ReportStage {
  return {
    stage: name,
    key: sha256(name),
    units: units.map((id) => ({ id, fingerprint: sha256(id) })),
    inputs: paths.length,
    outputs: paths.map((path) => ({ path, sha256: sha256(path), rows: path.endsWith('.json') ? null : 2976 })),
  };
}
