import { describe, expect, it } from 'vitest';
import type { ReportModel } from './model.ts';
import { sampleModel } from './testing/sampleModel.ts';
import { verdictOf } from './verdict.ts';

const base = sampleModel({ days: 400, trades: 80 });

function withMetrics(changes: Partial<ReportModel['metrics']>, rest: Partial<ReportModel> = {}): ReportModel {
  const metrics = { ...base.metrics, ...changes };
  const nets = [metrics.net_total_return, metrics.net_return_one_bar_late, metrics.net_return_one_bar_late];
  const latency = base.latency.map((scenario, at) => ({ ...scenario, netReturn: nets[at]!, strategies: {}, symbols: {} }));
  return { ...base, latency, ...rest, metrics };
}
const codes = (model: ReportModel) => verdictOf(model).cautions.map(({ code }) => code);
const good = {
  net_total_return: 0.2,
  net_return_one_bar_late: 0.18,
  gross_return: 0.3,
  cost_return: -0.08,
  sharpe_daily_annualized: 1.5,
  sharpe_daily_low: 0.4,
  sharpe_daily_high: 2.6,
  total_trades: 400,
};
const evidence = { ...base.setup, accounting: { id: 'perp', summary: 'fills at the next open', isEvidence: true } };

describe('verdict', () => {
  it('says in one sentence what the numbers support', () => {
    const { sentence } = verdictOf(withMetrics(good));
    expect(sentence).toBe(
      'The net return from 2023-01-01 to 2024-02-04 is 20.0% after costs of 6 bps and funding; the daily Sharpe ratio is 1.50 with a 95% interval from 0.40 to 2.60, which lies above zero; executed one bar late, it would be 18.0%.',
    );
  });

  it('calls an interval that excludes zero positive, but never evidence under screen', () => {
    expect(verdictOf(withMetrics(good))).toMatchObject({ outcome: 'positive', headline: 'Net gain in a first look, not evidence' });
    expect(codes(withMetrics(good))).toContain('NOT_EVIDENCE');
    const proven = withMetrics(good, { setup: evidence });
    expect(verdictOf(proven).headline).toBe('Net gain, distinguishable from zero');
    expect(codes(proven)).not.toContain('NOT_EVIDENCE');
  });

  it('is inconclusive when the interval includes zero', () => {
    const model = withMetrics({ ...good, sharpe_daily_low: -0.5 });
    expect(verdictOf(model)).toMatchObject({ outcome: 'inconclusive', headline: 'Net gain, not distinguishable from zero' });
    expect(codes(model)).toContain('INTERVAL_INCLUDES_ZERO');
  });

  it('is negative when the whole interval lies below zero', () => {
    const model = withMetrics({ ...good, net_total_return: -6, net_return_one_bar_late: -5, sharpe_daily_low: -9, sharpe_daily_high: -7 });
    expect(verdictOf(model)).toMatchObject({ outcome: 'negative', headline: 'Net loss, distinguishable from zero' });
  });

  it('says so when the uncertainty is unknown', () => {
    const model = withMetrics({ ...good, sharpe_daily_annualized: null, sharpe_daily_low: null, sharpe_daily_high: null, days: 1 });
    expect(verdictOf(model)).toMatchObject({ outcome: 'inconclusive', headline: 'Net gain, uncertainty unknown' });
    expect(codes(model)).toEqual(expect.arrayContaining(['INTERVAL_UNDEFINED', 'SHORT_SAMPLE']));
  });

  it('names one bar of latency that flips the sign as serious', () => {
    const model = withMetrics({ ...good, net_return_one_bar_late: -0.243 });
    expect(verdictOf(model).headline).toBe('Net gain that one bar of latency removes');
    expect(verdictOf(model).sentence).toContain('the result changes its sign to -24.3%');
    expect(verdictOf(model).cautions.find(({ code }) => code === 'LATE_FLIPS_SIGN')).toMatchObject({ severity: 'error' });
    expect(codes(withMetrics({ ...good, net_return_one_bar_late: 0.05 }))).toContain('LATE_HALVES');
    expect(codes(withMetrics(good)).filter((code) => code.startsWith('LATE'))).toEqual([]);
  });

  it('warns of fewer than 30 trades and of none', () => {
    expect(codes(withMetrics({ ...good, total_trades: 29 }))).toContain('FEW_TRADES');
    expect(codes(withMetrics({ ...good, total_trades: 30 }))).not.toContain('FEW_TRADES');
    const empty = withMetrics({ total_trades: 0, net_total_return: 0, net_return_one_bar_late: 0 }, { trades: [] });
    expect(verdictOf(empty)).toMatchObject({ outcome: 'empty', headline: 'No trades, nothing to judge' });
    expect(codes(empty)).toContain('NO_TRADES');
  });

  it('warns when one trade is more than half of the result, on either side', () => {
    const trade = { ...base.trades[0]!, symbol: 'BTCUSDT' };
    const gain = withMetrics(good, {
      trades: [
        { ...trade, pnl: 0.11 },
        { ...trade, pnl: 0.09 },
      ],
    });
    expect(verdictOf(gain).cautions.find(({ code }) => code === 'ONE_TRADE_DOMINATES')!.text).toContain('55.0% of the net gain');
    expect(
      codes(
        withMetrics(good, {
          trades: [
            { ...trade, pnl: 0.1 },
            { ...trade, pnl: 0.1 },
          ],
        }),
      ),
    ).not.toContain('ONE_TRADE_DOMINATES');
    expect(codes(withMetrics({ ...good, net_total_return: -0.1 }, { trades: [{ ...trade, pnl: -0.09 }] }))).toContain('ONE_TRADE_DOMINATES');
  });

  it('warns when the result is gone at less than twice the cost, or the gross return is a loss', () => {
    expect(codes(withMetrics({ ...good, cost_return: -0.21 }))).toContain('COST_FRAGILE');
    expect(codes(withMetrics({ ...good, cost_return: -0.19 }))).not.toContain('COST_FRAGILE');
    expect(codes(withMetrics({ ...good, gross_return: -0.1 }))).toContain('GROSS_LOSS');
  });

  it('names equity at or below zero as serious', () => {
    const pnl = Float64Array.from(base.book.pnl);
    pnl[100] = -1.2;
    const first = verdictOf(withMetrics(good, { book: { ...base.book, pnl } })).cautions[0]!;
    expect(first).toMatchObject({ code: 'EQUITY_NEGATIVE', severity: 'error' });
  });

  it('puts missing funding and other data problems on the list, one line per kind, without notes', () => {
    const { cautions } = verdictOf(base);
    const data = cautions.filter(({ topic }) => topic === 'data');
    expect(data[0]).toMatchObject({ code: 'FUNDING_MISSING', severity: 'error' });
    expect(data.map(({ code }) => code)).not.toContain('BARS_FLAT_EMPTY');
    const twice = verdictOf({ ...base, findings: [...base.findings, { ...base.findings[0]!, subject: 'SOLUSDT' }] });
    expect(twice.cautions.find(({ code }) => code === 'FUNDING_MISSING')!.text).toContain('1 more finding of this kind');
  });

  it('says when funding is left out, the reference is reproduced, trades are open or the book is leveraged', () => {
    const setup = { ...base.setup, fundingInPnl: false, compat: 'reference' as const };
    const model = withMetrics({ ...good, open_trades: 2 }, { setup, book: { ...base.book, grossExposure: base.book.grossExposure.map(() => 3) } });
    expect(codes(model)).toEqual(expect.arrayContaining(['FUNDING_EXCLUDED', 'COMPAT_REFERENCE', 'OPEN_TRADES', 'LEVERAGE']));
    expect(verdictOf(model).sentence).toContain('(funding not included)');
  });
});
