import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { checkSymbol } from '../core/symbol.ts';
import { checkId, checkRunId, lakePaths, relativePath } from './paths.ts';

const root = resolve('/data');
const paths = lakePaths(root);
const at = (path: string) => relativePath(root, path);

test('follows the contract', () => {
  expect(at(paths.rawBars('binance', 'BTCUSDT', 2024, 3))).toBe(
    'lake/raw/binance/perp/BTCUSDT/ohlcv_15m/year=2024/month=03/ohlcv_BTCUSDT_2024-03.parquet',
  );
  expect(at(paths.rawFunding('binance', 'BTCUSDT', 2024, 12))).toBe(
    'lake/raw/binance/perp/BTCUSDT/funding/year=2024/month=12/funding_BTCUSDT_2024-12.parquet',
  );
  expect(at(paths.rawExtra('binance', 'BTCUSDT', { dataset: 'spot_15m', year: 2024, month: 3 }))).toBe(
    'lake/raw/binance/perp/BTCUSDT/spot_15m/year=2024/month=03/spot_15m_BTCUSDT_2024-03.parquet',
  );
  expect(at(paths.cleanedExtra('r1', 'BTCUSDT', { table: 'metrics', year: 2024 }))).toBe(
    'lake/runs/r1/cleaned/perp/BTCUSDT/extra_15m/metrics/year=2024/metrics_BTCUSDT_15m_2024.parquet',
  );
  expect(at(paths.rawFolder('binance', 'BTCUSDT', 'funding'))).toBe('lake/raw/binance/perp/BTCUSDT/funding');
  expect(at(paths.objects('binance'))).toBe('lake/raw/binance/objects');
  expect(at(paths.cleanedBars('r1', 'BTCUSDT', 2024))).toBe('lake/runs/r1/cleaned/perp/BTCUSDT/bars_15m/year=2024/bars_BTCUSDT_15m_2024.parquet');
  expect(at(paths.cleanedFunding('r1', 'BTCUSDT', 2024))).toBe(
    'lake/runs/r1/cleaned/perp/BTCUSDT/funding_15m/year=2024/funding_BTCUSDT_15m_2024.parquet',
  );
  expect(at(paths.features('r1', 'BTCUSDT', 2024))).toBe(
    'lake/runs/r1/features/perp/BTCUSDT/15m/features_v1/year=2024/features_BTCUSDT_15m_2024.parquet',
  );
  expect(at(paths.context('r1', 'BTCUSDT'))).toBe('lake/runs/r1/context/funding_persistence/BTCUSDT/15m.parquet');
  expect(at(paths.runLake('r1'))).toBe('lake/runs/r1');
  expect(at(paths.strategyReturns('r1', 'vol_compression_v1'))).toBe('runs/r1/engine/strategy_returns_vol_compression_v1.parquet');
  expect(at(paths.portfolioReturns('r1'))).toBe('runs/r1/engine/portfolio_returns.parquet');
  expect(at(paths.engine('r1'))).toBe('runs/r1/engine');
  expect(
    [
      paths.trades('r1'),
      paths.metrics('r1'),
      paths.tradesOf('r1', 'BTCUSDT'),
      paths.equityCurve('r1'),
      paths.feeSensitivity('r1'),
      paths.latencySensitivity('r1'),
      paths.riskMetrics('r1'),
      paths.dailyReturns('r1'),
      paths.overlayBindings('r1'),
    ].map(at),
  ).toEqual([
    'lake/trades/backtests/r1',
    'lake/trades/backtests/r1/metrics.json',
    'lake/trades/backtests/r1/trades_BTCUSDT.csv',
    'lake/trades/backtests/r1/equity_curve.csv',
    'lake/trades/backtests/r1/fee_sensitivity.json',
    'lake/trades/backtests/r1/latency_sensitivity.json',
    'lake/trades/backtests/r1/risk_metrics.json',
    'lake/trades/backtests/r1/daily_returns.json',
    'lake/trades/backtests/r1/overlay_bindings.json',
  ]);
  expect(
    [
      paths.runs(),
      paths.run('r1'),
      paths.runRecord('r1'),
      paths.stageManifest('r1', 'clean'),
      paths.stageLog('r1', 'clean'),
      paths.environment('r1'),
    ].map(at),
  ).toEqual(['runs', 'runs/r1', 'runs/r1/run.json', 'runs/r1/clean.json', 'runs/r1/clean.log', 'runs/r1/environment.json']);
  expect(
    [
      paths.report('r1'),
      paths.reportHtml('r1'),
      paths.summary('r1'),
      paths.studyReport('vol_shock', 1, 'r1'),
      paths.portfolioReport('r1'),
      paths.promotionReport('edge_a'),
    ].map(at),
  ).toEqual([
    'reports/runs/r1',
    'reports/runs/r1/report.html',
    'reports/runs/r1/summary.md',
    'reports/studies/vol_shock/v1/r1',
    'reports/portfolio/r1',
    'reports/promotion/edge_a',
  ]);
  expect([paths.ledger(), paths.checkpoints(), paths.cache(), paths.lock()].map(at)).toEqual([
    'governance/ledger.jsonl',
    'governance/checkpoints',
    'cache',
    'lake/.lock',
  ]);
});

test('refuses symbols that are not names', () => {
  for (const symbol of ['', 'B', 'btcusdt', '../X', 'A/B', 'A\0B', 'A B', 'BTC.USDT', 'A'.repeat(25), 'BTCUSDT\n', '..', '.', "A'B", 'Ａ1']) {
    expect(() => checkSymbol(symbol), symbol).toThrow(expect.objectContaining({ code: 'E_BAD_SYMBOL', exit: 2 }));
    expect(() => paths.cleanedBars('r1', symbol, 2024)).toThrow();
    expect(() => paths.rawBars('binance', symbol, 2024, 1)).toThrow();
  }
  expect(checkSymbol('1000PEPEUSDT')).toBe('1000PEPEUSDT');
});

test('refuses run ids and unit ids that are not names', () => {
  for (const id of ['', '-a', '_a', '../a', 'a/b', 'A', 'a.b', 'a'.repeat(65), 'a\n', '..']) {
    expect(() => checkRunId(id), id).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    expect(() => checkId('stage', id), id).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  }
  expect(checkRunId('2024-run_1')).toBe('2024-run_1');
  expect(() => paths.rawBars('binance', 'BTCUSDT', 2024, 13)).toThrow('month 13');
});

test('records paths relative to the root, with forward slashes, and none outside', () => {
  expect(relativePath(root, join(root, 'a', 'b'))).toBe('a/b');
  expect(relativePath(root, 'a/./b')).toBe('a/b');
  for (const path of [root, join(root, '..', 'x'), '/elsewhere', '..']) expect(() => relativePath(root, path), path).toThrow('not inside');
  expect(relativePath(root, join(root, '..a'))).toBe('..a');
});
