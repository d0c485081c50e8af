/**
 * The reference system's strategies and engine once more, slow and obvious: rows as objects, one loop per rule,
 * written from the specification (core-pipeline 12-16.5), sharing nothing with the product but the types of its
 * results. The fast engine must equal it exactly.
 */
import type { ParamValues } from '../../src/core/params.ts';
import type { Frame } from '../../src/engine/frame.ts';

export interface Row {
  readonly time: number;
  readonly isGap: boolean;
  readonly close: number;
  readonly high: number;
  readonly low: number;
  readonly top: number;
  readonly bottom: number;
  readonly range: number;
  readonly median: number;
  readonly rank: number;
  /** high_96 and low_96 of the row before, missing on the first row. */
  readonly topBefore: number;
  readonly bottomBefore: number;
  readonly fundingRate: number;
}

export function rowsOf(frame: Frame): Row[] {
  const at = (name: string, row: number) => (row < 0 ? Number.NaN : frame.columns[name]![row]!);
  return Array.from({ length: frame.rows }, (_, row) => ({
    time: frame.openTime[row]!,
    isGap: frame.isGap[row] === 1,
    close: at('close', row),
    high: at('high', row),
    low: at('low', row),
    top: at('high_96', row),
    bottom: at('low_96', row),
    range: at('range_96', row),
    median: at('range_med_480', row),
    rank: at('rv_pct_2880', row),
    topBefore: at('high_96', row - 1),
    bottomBefore: at('low_96', row - 1),
    fundingRate: frame.fundingRate[row]!,
  }));
}

/** A trade as the strategy's rules meant it; exit is the number of rows for one that never ended. */
export interface Decision {
  readonly side: number;
  readonly entry: number;
  exit: number;
  reason: string;
  readonly stop: number;
  readonly target: number;
}

export interface Wanted {
  readonly positions: number[];
  readonly decisions: Decision[];
}

const isMissing = (...values: number[]) => values.some((value) => Number.isNaN(value));

/** Section 12. */
function breakout(rows: readonly Row[], params: ParamValues): Wanted {
  const z = String(params['trade_day_timezone']);
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: z });
  const day = (row: Row) => calendar.format(row.time);
  const positions: number[] = [];
  const decisions: Decision[] = [];
  let trade: Decision | null = null;
  let lastDay = '';
  rows.forEach((row, k) => {
    const isBlocked =
      row.isGap || isMissing(row.rank, row.range, row.median, row.top, row.bottom, row.topBefore, row.bottomBefore, row.close, row.high, row.low);
    if (isBlocked) {
      positions.push(trade === null ? 0 : trade.side);
      return;
    }
    if (trade !== null) {
      const isStopped = trade.side === 1 ? row.low <= trade.stop : row.high >= trade.stop;
      const isDone = trade.side === 1 ? row.high >= trade.target : row.low <= trade.target;
      const isLate = k - trade.entry >= Number(params['max_hold_bars']);
      const isCalmOver = row.rank > Number(params['exit_rv_pct_revert']);
      const reason = isStopped ? 'stop' : isDone ? 'target' : isLate ? 'time' : isCalmOver ? 'volatility_back' : null;
      if (reason !== null) {
        trade.exit = k;
        trade.reason = reason;
        trade = null;
      }
      positions.push(trade === null ? 0 : trade.side);
      return;
    }
    positions.push(0);
    if (params['one_trade_per_day'] === true && lastDay === day(row)) return;
    if (!(row.rank <= Number(params['compression_rv_pct_max']))) return;
    if (!(row.range <= Number(params['compression_range_mult']) * row.median)) return;
    const side = row.close > row.topBefore ? 1 : row.close < row.bottomBefore ? -1 : 0;
    if (side === 0) return;
    const stop = side === 1 ? row.bottom : row.top;
    const risk = side * (row.close - stop);
    if (risk <= 0) return;
    trade = { side, entry: k, exit: rows.length, reason: 'open', stop, target: row.close + 2 * side * risk };
    decisions.push(trade);
    lastDay = day(row);
    positions[k] = side;
  });
  return { positions, decisions };
}

/** Section 13. */
function momentum(rows: readonly Row[], params: ParamValues): Wanted {
  const positions: number[] = [];
  const decisions: Decision[] = [];
  let trade: Decision | null = null;
  rows.forEach((row, k) => {
    const isBlocked = row.isGap || isMissing(row.rank, row.range, row.median, row.close, row.topBefore, row.bottomBefore);
    if (isBlocked) {
      positions.push(trade === null ? 0 : trade.side);
      return;
    }
    if (trade !== null) {
      const isLate = k - trade.entry >= Number(params['max_hold_bars']);
      const isNormal = row.rank >= Number(params['exit_rv_pct_min']);
      if (isLate || isNormal) {
        trade.exit = k;
        trade.reason = isLate ? 'time' : 'volatility_back';
        trade = null;
        positions.push(0);
        return;
      }
    }
    if (trade === null && row.rank <= Number(params['entry_rv_pct_max'])) {
      const side = row.close > row.topBefore ? 1 : row.close < row.bottomBefore ? -1 : 0;
      if (side !== 0) {
        trade = { side, entry: k, exit: rows.length, reason: 'open', stop: Number.NaN, target: Number.NaN };
        decisions.push(trade);
      }
    }
    positions.push(trade === null ? 0 : trade.side);
  });
  return { positions, decisions };
}

/** Section 14. */
function reversion(rows: readonly Row[], params: ParamValues): Wanted {
  const positions: number[] = [];
  const decisions: Decision[] = [];
  let trade: Decision | null = null;
  rows.forEach((row, k) => {
    const isBlocked = row.isGap || isMissing(row.rank, row.top, row.bottom, row.close);
    if (isBlocked) {
      positions.push(trade === null ? 0 : trade.side);
      return;
    }
    if (trade !== null) {
      const middle = (row.top + row.bottom) / 2;
      const isMiddle = trade.side === 1 ? row.close >= middle : row.close <= middle;
      const isLate = k - trade.entry >= Number(params['max_hold_bars']);
      if (isMiddle || isLate) {
        trade.exit = k;
        // The intent names time before its exit rules, whatever the order in which they are written there.
        trade.reason = isLate ? 'time' : 'middle_reached';
        trade = null;
        positions.push(0);
        return;
      }
    }
    if (trade === null && row.rank <= Number(params['entry_rv_pct_max'])) {
      const width = row.top - row.bottom;
      const band = Number(params['band_frac']) * width;
      const side = width <= 0 ? 0 : row.close >= row.top - band ? -1 : row.close <= row.bottom + band ? 1 : 0;
      if (side !== 0) {
        trade = { side, entry: k, exit: rows.length, reason: 'open', stop: Number.NaN, target: Number.NaN };
        decisions.push(trade);
      }
    }
    positions.push(trade === null ? 0 : trade.side);
  });
  return { positions, decisions };
}

export const oracleStrategies: Readonly<Record<string, (rows: readonly Row[], params: ParamValues) => Wanted>> = {
  vol_compression_v1: breakout,
  vol_compression_momentum_v1: momentum,
  vol_compression_reversion_v1: reversion,
};

export interface OracleMoney {
  readonly position: number[];
  readonly ret: number[];
  readonly pnl: number[];
  readonly forcedFlat: number;
}

/** Sections 15.2 and 15.3: a row without a return has no position and no pnl. */
export function referenceMoney(rows: readonly Row[], wanted: readonly number[], costBps: number): OracleMoney {
  const ret = rows.map((row, k) => (k === 0 ? Number.NaN : row.close / rows[k - 1]!.close - 1));
  const position = wanted.map((want, k) => (Number.isNaN(ret[k]!) ? 0 : want));
  const pnl = position.map((now, k) => {
    if (Number.isNaN(ret[k]!)) return 0;
    const before = k === 0 ? 0 : position[k - 1]!;
    return before * ret[k]! - (costBps / 10_000) * Math.abs(now - before);
  });
  return { position, ret, pnl, forcedFlat: wanted.filter((want, k) => want !== 0 && Number.isNaN(ret[k]!)).length };
}

/** The same with the position carried through gaps, the jump booked on the first bar after, and funding paid. */
export function carryMoney(rows: readonly Row[], wanted: readonly number[], costBps: number): OracleMoney {
  const ret = rows.map((row, k) => {
    let before = k - 1;
    while (before >= 0 && Number.isNaN(rows[before]!.close)) before--;
    return before < 0 ? Number.NaN : row.close / rows[before]!.close - 1;
  });
  const pnl = wanted.map((now, k) => {
    const before = k === 0 ? 0 : wanted[k - 1]!;
    const move = Number.isNaN(ret[k]!) ? 0 : before * ret[k]!;
    return move - (costBps / 10_000) * Math.abs(now - before) + -before * rows[k]!.fundingRate;
  });
  return { position: [...wanted], ret, pnl, forcedFlat: 0 };
}

export interface OracleTrade {
  readonly direction: 'long' | 'short';
  readonly entryRow: number;
  readonly exitRow: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly stop: number;
  readonly target: number;
  readonly pnl: number;
  readonly rMultiple: number;
  readonly exitReason: string;
}

/** Section 16.5, for positions that never flip from one side to the other. */
export function referenceTrades(rows: readonly Row[], money: OracleMoney): OracleTrade[] {
  const trades: OracleTrade[] = [];
  const last = rows.length - 1;
  const close = (entry: number, exit: number, isEnd: boolean) => {
    const side = money.position[entry]!;
    const entryPrice = rows[entry]!.close;
    let stop = side === 1 ? rows[entry]!.bottom : rows[entry]!.top;
    let target = Number.NaN;
    let r = 0;
    if (isMissing(entryPrice, stop) || entryPrice <= 0) stop = Number.NaN;
    else {
      const risk = side * (entryPrice - stop);
      if (risk > 0) {
        target = entryPrice + 2 * side * risk;
        r = risk / entryPrice;
      }
    }
    let pnl = 0;
    for (let k = entry; k <= exit; k++) pnl += money.pnl[k]!;
    let reason = money.position[exit] !== 0 ? 'position_flip' : 'position_exit';
    if (!isMissing(stop, target)) {
      const { high, low } = rows[exit]!;
      if (side === 1) reason = low <= stop ? 'stop' : high >= target ? 'target' : reason;
      else reason = high >= stop ? 'stop' : low <= target ? 'target' : reason;
    }
    if (reason === 'position_exit' && exit - entry >= 48) reason = 'time';
    trades.push({
      direction: side === 1 ? 'long' : 'short',
      entryRow: entry,
      exitRow: exit,
      entryPrice,
      exitPrice: rows[exit]!.close,
      stop,
      target,
      pnl,
      rMultiple: r > 0 ? pnl / r : 0,
      exitReason: isEnd ? 'eod' : reason,
    });
  };
  let entry = -1;
  money.position.forEach((now, k) => {
    if (entry >= 0 && now !== money.position[entry]) {
      close(entry, k, false);
      entry = -1;
    }
    if (entry < 0 && now !== 0) entry = k;
  });
  if (entry >= 0) close(entry, last, true);
  return trades;
}
