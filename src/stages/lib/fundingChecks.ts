import type { Finding } from '../../core/findings.ts';
import { AppError } from '../../core/errors.ts';
import { formatTime, hourMs, monthOf } from '../../core/time.ts';
import type { FundingEvents } from '../../market/alignFunding.ts';
import { constantMonths, isConstantFunding, missingFunding, monthsOffGrid } from '../../market/fundingCoverage.ts';
import { type RunConfig, runProfile } from './runConfig.ts';

interface Window {
  readonly start: number;
  readonly end: number;
}

/** Fewer events than this say nothing about a rate being constant. */
const minConstantEvents = 30;
const eightHours = 8 * hourMs;

/**
 * Funding events ready for alignment: stamps on the hour (rounded only when the run allows it) or, under the
 * reference's rule, on the 8-hour grid.
 *
 * @throws E_FUNDING_STAMP when stamps lie off the hour and the run does not allow rounding; E_DATA_CONFLICT when rounding makes two events one
 */
export function prepareFunding(symbol: string, raw: FundingEvents, config: RunConfig): { events: FundingEvents; rounded: number } {
  const profile = runProfile(config);
  const time = Float64Array.from(raw.time);
  let rounded = 0;
  for (let i = 0; i < time.length; i++) {
    if (profile.fundingGrid === 'snap_8h') {
      time[i] = Math.floor((Math.round(raw.time[i]! / 1000) * 1000 + eightHours / 2) / eightHours) * eightHours;
      continue;
    }
    if (time[i]! % hourMs === 0) continue;
    if (!config.allowFundingTimestampRounding) {
      throw new AppError('E_FUNDING_STAMP', { symbol, detail: `first at ${new Date(time[i]!).toISOString()}` });
    }
    time[i] = Math.round(time[i]! / hourMs) * hourMs;
    rounded++;
  }
  const keep: number[] = [];
  for (let i = 0; i < time.length; i++) {
    // The reference snaps month by month and cuts to the month: what is snapped past its end is lost.
    if (profile.fundingGrid === 'snap_8h' && time[i]! >= monthOf(raw.time[i]!).end) continue;
    if (keep.length > 0 && time[i] === time[keep.at(-1)!]) {
      if (profile.fundingGrid === 'snap_8h') continue;
      throw new AppError('E_DATA_CONFLICT', { symbol, dataset: 'funding', detail: `rounding puts two events at ${formatTime(time[i]!)}` });
    }
    keep.push(i);
  }
  const take = (values: Float64Array) => Float64Array.from(keep, (index) => values[index]!);
  return { events: { time: take(time), rate: take(raw.rate), intervalHours: take(raw.intervalHours) }, rounded };
}

/**
 * Everything that is wrong with the funding of one symbol in the window, as findings; what the run does not
 * allow is thrown instead.
 *
 * @param aligned rate [rows] in force at each bar's open
 * @throws E_FUNDING_MISSING, E_FUNDING_CONSTANT, E_FUNDING_BOUND
 */
export function checkFunding(
  symbol: string,
  events: FundingEvents,
  window: Window,
  config: RunConfig,
  aligned: { openTime: Float64Array; rate: Float64Array },
): Finding[] {
  return [
    ...checkMissing(symbol, events, window, config),
    ...checkConstant(symbol, events, window, config, aligned),
    ...checkBound(symbol, events, window, config),
  ];
}

function checkMissing(symbol: string, events: FundingEvents, window: Window, config: RunConfig): Finding[] {
  const detail = describeMissing(events, window, config);
  if (detail === null) return [];
  if (!config.allowMissingFunding) throw new AppError('E_FUNDING_MISSING', { symbol, detail: detail.text });
  return [
    {
      code: 'FUNDING_MISSING',
      severity: 'error',
      subject: symbol,
      message: `settlements are missing: ${detail.text}`,
      observed: detail.count,
      allowed: 0,
    },
  ];
}

function describeMissing(events: FundingEvents, window: Window, config: RunConfig): { text: string; count: number } | null {
  if (runProfile(config).fundingGrid === 'snap_8h') {
    const months = monthsOffGrid(events.time, window);
    if (months.length === 0) return null;
    const shown = months.slice(0, 3).map(({ month, expected, observed }) => `${month}: ${observed} of ${expected}`);
    return { text: shown.join(', '), count: months.reduce((sum, month) => sum + Math.abs(month.expected - month.observed), 0) };
  }
  const missing = missingFunding(events, window);
  if (missing.length === 0) return null;
  const shown = missing.slice(0, 3).map(({ from, events: count }) => `${count} from ${formatTime(from)}`);
  const count = missing.reduce((sum, stretch) => sum + stretch.events, 0);
  return { text: `${count} settlements, ${shown.join(', ')}${missing.length > 3 ? ', ...' : ''}`, count };
}

function checkConstant(
  symbol: string,
  events: FundingEvents,
  window: Window,
  config: RunConfig,
  aligned: { openTime: Float64Array; rate: Float64Array },
): Finding[] {
  const isV1 = runProfile(config).constantFunding === 'v1';
  const months = isV1 ? constantMonths(aligned.openTime, aligned.rate) : [];
  const isConstant = isV1 ? months.length > 0 : isConstantFunding(events, window, minConstantEvents);
  if (!isConstant) return [];
  const detail = isV1 ? `in ${months.slice(0, 3).join(', ')}` : `every one of the window’s settlements is ${events.rate[0]}`;
  if (!config.allowConstantFunding) throw new AppError('E_FUNDING_CONSTANT', { symbol, detail });
  return [{ code: 'FUNDING_CONSTANT', severity: 'warning', subject: symbol, message: `the funding rate never changes: ${detail}` }];
}

function checkBound(symbol: string, events: FundingEvents, window: Window, config: RunConfig): Finding[] {
  const { limit, per, scope, severity } = runProfile(config).fundingBound;
  let worst = -1;
  let excess = 1;
  for (let i = 0; i < events.time.length; i++) {
    if (scope === 'window' && (events.time[i]! < window.start || events.time[i]! >= window.end)) continue;
    const allowed = per === 'event' ? limit : (limit * events.intervalHours[i]!) / 8;
    if (Math.abs(events.rate[i]!) / allowed > excess) {
      worst = i;
      excess = Math.abs(events.rate[i]!) / allowed;
    }
  }
  if (worst < 0) return [];
  const observed = events.rate[worst]!;
  const allowed = Math.abs(observed) / excess;
  const at = formatTime(events.time[worst]!);
  if (severity === 'error') throw new AppError('E_FUNDING_BOUND', { symbol, observed, allowed, detail: at });
  return [
    {
      code: 'FUNDING_RATE_LARGE',
      severity: 'warning',
      subject: symbol,
      message: `a funding rate of ${observed} at ${at} is beyond the usual cap for its interval`,
      observed,
      allowed,
    },
  ];
}
