import type { IndexedRun } from '../../src/report/renderIndex.ts';

/** Runs of every kind: finished ones with and without a report, one that is not finished, one that cannot be read. */
export function indexedSample(): IndexedRun[] {
  const run = (at: number): IndexedRun => ({
    run_id: `run-${at}`,
    status: 'done',
    problem: null,
    symbols: at % 2 === 0 ? ['BTCUSDT'] : ['BTCUSDT', 'ETHUSDT'],
    strategies: [at % 3 === 0 ? 'vol_compression_v1' : 'vol_compression_reversion_v1'],
    start: '2023-01-01',
    end: '2024-12-31',
    source: 'sample',
    accounting: 'screen',
    cost_bps: at,
    is_evidence: false,
    verdict: at % 2 === 0 ? 'Net gain, not distinguishable from zero' : 'Net loss, distinguishable from zero',
    net_total_return: 0.2 - at * 0.07,
    sharpe_daily_annualized: at === 4 ? null : 1.1 - at * 0.4,
    max_drawdown: -0.05 * at,
    total_trades: 100 + 7 * at,
    finished_at: `2025-03-0${9 - at}T12:00:00Z`,
    tree_hash: 'f'.repeat(64),
    report: at === 5 ? null : `runs/run-${at}/report.html`,
  });
  const runs = Array.from({ length: 8 }, (_, at) => run(at));
  const unfinished: IndexedRun = {
    ...run(8),
    run_id: 'half',
    status: 'running',
    verdict: null,
    net_total_return: null,
    finished_at: null,
    report: null,
  };
  return [
    ...runs,
    unfinished,
    {
      ...unfinished,
      run_id: 'torn',
      status: 'unreadable',
      problem: 'its record: it is not <readable> JSON',
      start: null,
      end: null,
      accounting: null,
    },
  ];
}
