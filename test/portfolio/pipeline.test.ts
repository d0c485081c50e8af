import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../src/stages/lib/runPipeline.ts';
import { verifyAll, errorsOf } from '../support/lake.ts';
import { removeFolders, runInProcess, temporaryFolder } from '../support/pipeline.ts';

/** The portfolio through the pipeline, on four months of two simulated symbols. */

const specs = temporaryFolder();
const document = (id: string, more = '') => `id: ${id}
version: 1
title: Two settings on four months
edges: [vc_core, vc_conservative]
universe: { request: TOP2, lookback_days: 20, min_listed_days: 20, min_coverage: 0.9 }
limits: { weight_max: 0.5, gross_max: 1, net_max: 0.5, symbol_max: 0.3, cvar_max: 0.05, drawdown_max: 0.3, turnover_daily_max: 0.3, risk_share_max: null }
allocator: { modes: [equal_risk, constrained_optimizer], scenario_days: 60, active_days_min: 5 }
schedule: { every: week }
${more}`;
const request = {
  source: 'sample',
  symbols: ['BTCUSDT', 'ETHUSDT'],
  start: '2023-01-01',
  end: '2023-04-30',
  portfolio_spec: 'small',
  portfolio: true,
};

describe('a run with a portfolio', () => {
  const dataRoot = temporaryFolder();
  let plain: RunOutcome;
  let outcome: RunOutcome;
  const folder = () => join(dataRoot, 'reports', 'portfolio', outcome.runId);
  const json = (name: string) => JSON.parse(readFileSync(join(folder(), name), 'utf8')) as Record<string, never>;

  beforeAll(async () => {
    mkdirSync(join(specs, 'portfolios'));
    writeFileSync(join(specs, 'portfolios', 'small.yaml'), document('small'));
    writeFileSync(join(specs, 'portfolios', 'sealed.yaml'), document('sealed', 'holdout_days: 20\n'));
    const { portfolio: _, portfolio_spec: __, ...rest } = request;
    plain = await runInProcess(rest, { dataRoot, until: 'clean' });
    outcome = await runInProcess({ ...request, validate_portfolio: true }, { dataRoot, specs });
  });
  afterAll(removeFolders);

  it('is another run than the one without, which says nothing of portfolios', () => {
    expect(outcome.runId).not.toBe(plain.runId);
    expect(Object.keys(plain.record.config)).not.toContain('portfolio');
  });

  it('judges after everything that looks at data and before the report, and a failed verdict does not stop it', () => {
    const stages = outcome.record.stages;
    expect(stages.indexOf('portfolio')).toBeLessThan(stages.indexOf('validate_portfolio'));
    expect(stages.at(-1)).toBe('report');
    expect(outcome.record.status).toBe('done');
    expect(json('verdict.json')['verdict']).toBe('FAIL_PROMOTION');
    expect(Object.keys(json('verdict.json')['gates']!)).toHaveLength(10);
  });

  it('writes the declared mode, the others and the benchmarks, with numbers that agree between files', () => {
    const summary = json('metrics.json') as unknown as {
      selected_mode: string;
      modes: Record<string, { net_total_return: number; days: number }>;
      splits: { walk_forward: { from: string; days: number } };
    };
    expect(summary.selected_mode).toBe('equal_risk');
    expect(Object.keys(summary.modes).toSorted()).toEqual(['constrained_optimizer', 'equal_risk', 'equal_weight', 'inverse_volatility']);
    const [header, ...rows] = readFileSync(join(folder(), 'daily_returns.csv'), 'utf8').trimEnd().split('\n') as [string, ...string[]];
    const at = header.split(',').indexOf('equal_risk');
    const own = rows.map((row) => row.split(',')).filter((row) => row[1] === 'walk_forward');
    expect(own).toHaveLength(summary.splits.walk_forward.days);
    expect(own[0]![0]).toBe(summary.splits.walk_forward.from);
    expect(own.reduce((sum, row) => sum + Number(row[at]), 0)).toBeCloseTo(summary.modes['equal_risk']!.net_total_return, 12);
    expect(summary.modes['equal_risk']!.net_total_return).not.toBe(0);
    const weights = readFileSync(join(folder(), 'weights_equal_risk.csv'), 'utf8').trimEnd().split('\n');
    expect(weights).toHaveLength(rows.length + 1);
  });

  it('starts after the first whole lookback and says why each symbol was in', () => {
    const { months } = json('universe.json') as unknown as { months: { month: string; symbols: { reason: string }[] }[] };
    expect(months.map(({ symbols }) => symbols.map(({ reason }) => reason))).toEqual([
      ['LOOKBACK_INCOMPLETE', 'LOOKBACK_INCOMPLETE'],
      ['RANKED', 'RANKED'],
      ['RANKED', 'RANKED'],
      ['RANKED', 'RANKED'],
    ]);
  });

  it('counts every mode as a trial and shows the section in the report', () => {
    const ledger = readFileSync(join(dataRoot, 'governance', 'ledger.jsonl'), 'utf8');
    for (const mode of ['equal_risk', 'constrained_optimizer', 'equal_weight', 'inverse_volatility']) expect(ledger).toContain(`small/${mode}`);
    const page = readFileSync(join(dataRoot, 'reports', 'runs', outcome.runId, 'report.html'), 'utf8');
    expect(page).toContain('Two settings on four months');
  });

  it('runs nothing again, and leaves a lake that verifies', async () => {
    const again = await runInProcess({ ...request, validate_portfolio: true }, { dataRoot, specs });
    expect(again.executed).toEqual([]);
    expect(errorsOf(await verifyAll(dataRoot, { runId: outcome.runId }))).toEqual([]);
  });

  it('does not load the sealed days, opens them once, and leaves the days before as they were', async () => {
    const sealed = await runInProcess({ ...request, portfolio_spec: 'sealed' }, { dataRoot, specs, until: 'portfolio' });
    const opened = await runInProcess({ ...request, portfolio_spec: 'sealed', open_holdout: ['sealed'] }, { dataRoot, specs, until: 'portfolio' });
    const days = ({ runId }: RunOutcome) =>
      readFileSync(join(dataRoot, 'reports', 'portfolio', runId, 'daily_returns.csv'), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1);
    expect(days(sealed)).toHaveLength(100);
    expect(days(opened)).toHaveLength(120);
    expect(days(opened).slice(0, 100)).toEqual(days(sealed));
    expect(
      days(opened)
        .slice(100)
        .every((row) => row.split(',')[1] === 'holdout'),
    ).toBe(true);
    const third = runInProcess({ ...request, end: '2023-04-29', portfolio_spec: 'sealed', open_holdout: ['sealed'] }, { dataRoot, specs });
    await expect(third).rejects.toThrow('the holdout of portfolio sealed version 1 was opened by run');
  });

  it('refuses a cap on risk shares that its edges cannot keep before anything is read, and takes none below four edges for granted', async () => {
    const text = (cap: string) => document('capped').replace('risk_share_max: null', cap);
    const runWith = (cap: string) => {
      writeFileSync(join(specs, 'portfolios', 'capped.yaml'), text(cap));
      return runInProcess({ ...request, portfolio_spec: 'capped' }, { dataRoot: temporaryFolder(), specs, until: 'ingest_ohlcv' });
    };
    await expect(runWith('risk_share_max: 0.25')).rejects.toMatchObject({ code: 'E_RC_CAP_INFEASIBLE' });
    expect((await runWith('risk_share_max: 0.5')).executed).toContain('ingest_ohlcv');
  });

  it('adds the symbols that it names to the run, and refuses words about a portfolio where there is none', async () => {
    const made = await runInProcess({ ...request, symbols: ['BTCUSDT'], portfolio_symbols: ['ETHUSDT'] }, { dataRoot, specs, until: 'clean' });
    expect(made.record.config.symbols).toEqual(['BTCUSDT', 'ETHUSDT']);
    const { portfolio: _, portfolio_spec: __, ...rest } = request;
    await expect(runInProcess({ ...rest, portfolio_modes: ['hrp'] }, { dataRoot })).rejects.toMatchObject({ code: 'E_CONFIG' });
    await expect(runInProcess({ ...request, portfolio_modes: ['hpr'] }, { dataRoot, specs })).rejects.toMatchObject({ code: 'E_UNKNOWN_UNIT' });
  });
});
