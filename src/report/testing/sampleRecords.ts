import { sha256 } from '../../core/canonicalJson.ts';
import { barMs, parseDay } from '../../core/time.ts';
import type { ReportCandidates, ReportModel, ReportPolicy, ReportStage, ReportStudy } from '../model.ts';

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

/** One study of each verdict; one question is hostile. */
export function sampleStudies(hostile: string): ReportStudy[] {
  const share = { kind: 'share', words: 'share of moments' } as const;
  const base = { version: 1, missing: [], page: '../../studies/vol_shock_relaxation/v1/sample-two-years/report.html' } as const;
  const primary = { estimand: 'secondary_shock', unit: share, events: 160, effect: 0.235, low: 0.158, high: 0.322, level: 0.95, p: 0.001 };
  const none = { estimand: 'reversion', unit: share, events: 0, effect: null, low: null, high: null, level: 0.95, p: null };
  return [
    {
      ...base,
      id: 'cross_venue_desync',
      question: 'Does the gap between perpetual and spot close again?',
      verdict: 'inconclusive',
      label: 'the data do not say',
      missing: ['BTCUSDT has no spot.close', 'ETHUSDT has no spot.close'],
      open: ['events', 'balance'],
      primary: none,
      page: '../../studies/cross_venue_desync/v1/sample-two-years/report.html',
    },
    {
      ...base,
      id: 'range_compression_breakout',
      question: `Does a breakout go on? ${hostile}`,
      verdict: 'pass',
      label: 'the structure is there',
      open: [],
      primary: { ...primary, unit: { kind: 'price', words: 'part of the price' }, effect: 0.0031, low: 0.0012, high: 0.0049, p: 0.004 },
      page: '../../studies/range_compression_breakout/v1/sample-two-years/report.html',
    },
    {
      ...base,
      id: 'vol_shock_relaxation',
      question: 'Is another shock more likely after a shock?',
      verdict: 'fail',
      label: 'the structure is not there',
      open: ['surrogate_markets'],
      primary,
    },
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

/** What quality flags touched: a gap and a missing settlement. */
export function sampleQualityShares(pnl: Float64Array): ReportModel['qualityShares'] {
  const total = pnl.reduce((sum, value) => sum + value, 0);
  const none = { bars: 0, pnl: 0, trades: 0, tradesPnl: 0 };
  const some = (bars: number, trades: number, share: number) => ({ bars, trades, pnl: total * share * 0.1, tradesPnl: total * share });
  return [
    { flag: 'any', ...some(31, 7, 0.11) },
    { flag: 'missing', ...some(9, 2, 0.02) },
    { flag: 'flatEmpty', ...some(14, 2, 0.03) },
    { flag: 'zeroVolume', ...none },
    { flag: 'jump', ...none },
    { flag: 'fundingMissing', ...some(6, 3, 0.06) },
    { flag: 'afterGap', ...some(2, 2, 0.02) },
  ];
}

/** Two policy studies: one promoted a cell, one tried nothing. */
export function samplePolicies(hostile: string): ReportPolicy[] {
  const folder = (id: string) => `../../policies/${id}/v1/sample-two-years`;
  return [
    {
      id: 'breakout_patience',
      version: 1,
      question: `Is it better to wait? ${hostile}`,
      verdict: 'inconclusive',
      missing: ['the parent study range_compression_breakout version 1 ended inconclusive'],
      promoted: [],
      cells: 0,
      trials: 0,
      prior: 0,
      best: null,
      page: `${folder('breakout_patience')}/report.md`,
    },
    {
      id: 'vol_shock_throttle',
      version: 1,
      question: 'Do trades after a volatility shock earn less?',
      verdict: 'pass',
      missing: [],
      promoted: [{ cell: 'fresh.block', draft: `${folder('vol_shock_throttle')}/overlays/vol_shock_throttle__fresh__block.json` }],
      cells: 36,
      trials: 34,
      prior: 9,
      best: { cell: 'fresh.block', difference: 0.42, low: 0.11, high: 0.74, level: 0.95, exposureKept: 0.81, pAdjusted: 0.012 },
      page: `${folder('vol_shock_throttle')}/report.md`,
    },
  ];
}

/** A list of candidates of two classes. */
export function sampleCandidates(): ReportCandidates {
  const [digest, run_id] = [sha256('candidate'), 'sample-two-years'];
  const base = { version: 1, digest, run_id, rank: 1, level: 0.95, confirmed_effect: null } as const;
  const [study, policy] = ['reports/studies/vol_shock_relaxation/v1/sample-two-years', 'reports/policies/vol_shock_throttle/v1/sample-two-years'];
  const shown: ReportCandidates['shown'] = [
    {
      ...base,
      source: 'policy',
      subject: 'vol_shock_throttle',
      candidate: 'fresh.block',
      class: 'policy/screen/basis points a day of one line',
      status: 'pass',
      effect: 0.42,
      ci_low: 0.11,
      ci_high: 0.74,
      unit: 'basis points a day of one line',
      p: 0.002,
      p_adjusted: 0.012,
      q: 0.21,
      n_events: 61,
      gates: { pass: ['parent', 'throttles'], fail: [], inconclusive: [] },
      overlay: `${policy}/overlays/vol_shock_throttle__fresh__block.json`,
      source_path: policy,
      page: `../../${policy.slice(8)}/report.md`,
    },
    {
      ...base,
      source: 'study',
      subject: 'vol_shock_relaxation',
      candidate: 'secondary_shock',
      class: 'study/risk_difference/share of moments',
      status: 'fail',
      effect: 0.235,
      ci_low: 0.158,
      ci_high: 0.322,
      unit: 'share of moments',
      p: 0.001,
      p_adjusted: 0.001,
      q: 0.11,
      n_events: 160,
      gates: { pass: ['events', 'effect'], fail: ['surrogate_markets'], inconclusive: [] },
      overlay: null,
      source_path: study,
      page: `../../${study.slice(8)}/report.html`,
    },
  ];
  return { status: 'candidates', total: 35, shown, page: '../../edge_candidates/sample-two-years/edge_candidates.csv' };
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
      'studies',
      [],
      sampleStudies('').map(({ id }) => `reports/studies/${id}/v1/${run}/verdict.json`),
    ),
    stage(
      'policy',
      ['strategy/vol_compression_v1'],
      samplePolicies('').map(({ id }) => `reports/policies/${id}/v1/${run}/verdict.json`),
    ),
    stage('edge_candidates', [], [`reports/edge_candidates/${run}/edge_candidates.json`]),
    stage(
      'backtest',
      ['strategy/vol_compression_v1', 'strategy/vol_compression_momentum_v1'],
      [
        `runs/${run}/engine/portfolio_returns.parquet`,
        ...symbols.map((symbol) => `${trades}/trades_${symbol}.csv`),
        `${trades}/metrics.json`,
        `${trades}/equity_curve.csv`,
        `${trades}/fee_sensitivity.json`,
        `${trades}/latency_sensitivity.json`,
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
