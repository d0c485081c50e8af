import type { FeeScenario } from '../../engine/feeSensitivity.ts';

/** Fee scenarios as the run's file holds them: records in the order shown, own cost first. */
export function feeRecords(fees: readonly FeeScenario[]): Record<string, unknown>[] {
  return fees.map((fee) => ({
    cost_bps: fee.costBps,
    net_return: fee.netReturn,
    avg_r: fee.avgR,
    max_drawdown: fee.maxDrawdown,
    trades: fee.trades,
    is_own: fee.isOwn,
  }));
}

/** Fee scenarios in the reference's form: keyed by text, the run's own cost written as a decimal (`6.0`). */
export function legacyFees(fees: readonly FeeScenario[]): Record<string, unknown> {
  const standard = fees.length === 4;
  return Object.fromEntries(
    fees.map((fee) => [
      fee.isOwn && !standard && Number.isInteger(fee.costBps) ? fee.costBps.toFixed(1) : String(fee.costBps),
      { avg_r: fee.avgR, fee_bps_per_side: fee.costBps, max_drawdown: fee.maxDrawdown, net_return: fee.netReturn, trades: fee.trades },
    ]),
  );
}
