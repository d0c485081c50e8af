import type { Finding } from '../core/findings.ts';
import { AppError } from '../core/errors.ts';
import type { Table } from '../core/table.ts';
import { barMs, dayMs, formatDay, formatTime } from '../core/time.ts';
import { type AlignedFunding, alignFunding, type FundingEvents } from '../market/alignFunding.ts';
import { barQuality, countQuality } from '../market/barQuality.ts';
import { type CleanBars, cleanBars, lowerBound, sliceBars } from '../market/cleanBars.ts';
import { rawFundingColumns } from './ingest_funding.ts';
import { columnsOf, toArtifact, writeYears } from './lib/artifacts.ts';
import { checkFunding, prepareFunding } from './lib/fundingChecks.ts';
import { rawBarColumns } from './lib/ingestKlines.ts';
import { rawPartitions } from './lib/rawPartitions.ts';
import { runProfile, windowOf } from './lib/runConfig.ts';
import { type Artifact, defineStage, type StageContext, type SymbolResult } from './lib/stage.ts';
import { warmupFindings, warmupParameter, warmWindowOf } from './lib/warmup.ts';

export const cleanBarColumns = columnsOf('timestamp:timestamp open high low close volume is_gap:boolean gap_len:int64 quality:int32');
export const cleanFundingColumns = columnsOf('timestamp:timestamp funding_event_ts:timestamp funding_rate_scaled funding_missing:boolean');

export default defineStage({
  id: 'clean',
  summary: 'lays bars on the 15-minute grid, flags gaps and bad bars, aligns funding; fills nothing',
  after: ['ingest_ohlcv', 'ingest_funding'],
  parameters: (config, context) => ({
    symbols: config.symbols,
    start: formatDay(config.start),
    end: formatDay(config.end),
    compat: config.compat,
    allow_missing_funding: config.allowMissingFunding,
    allow_constant_funding: config.allowConstantFunding,
    allow_funding_timestamp_rounding: config.allowFundingTimestampRounding,
    ...warmupParameter(context),
  }),
  perSymbol: cleanSymbol,
});

async function cleanSymbol(context: StageContext, symbol: string): Promise<SymbolResult> {
  const { config } = context;
  const profile = runProfile(config);
  const window = windowOf(config);
  const rawBars = await rawPartitions(context, 'ohlcv_15m', symbol);
  const rawFunding = await rawPartitions(context, 'funding', symbol);
  const barTable = await context.store.read(rawBars, rawBarColumns);
  const all = cleanBars(asBars(barTable), { ...warmWindowOf(context), tailPadding: profile.tailPadding });
  const first = lowerBound(all.openTime, window.start);
  const [before, bars] = [sliceBars(all, 0, first), sliceBars(all, first, all.rows)];
  if (bars.rows === 0) {
    throw new AppError('E_NO_DATA', {
      what: 'the raw lake',
      symbol,
      start: formatDay(config.start),
      end: formatDay(config.end),
      remedy: 'Choose a window in which the symbol traded.',
    });
  }
  const covered = { start: bars.openTime[0]!, end: bars.openTime[bars.rows - 1]! + barMs };
  const { events, rounded } = prepareFunding(symbol, await readEvents(context, rawFunding), config);
  const align = (openTime: Float64Array) => alignFunding(events, openTime, profile.fundingMaxAge);
  const aligned = align(bars.openTime);
  const qualities = barQuality(all, first === 0 ? aligned.rate : align(all.openTime).rate);
  const quality = qualities.subarray(first);
  const findings = [
    ...warmupFindings(context, symbol, before),
    ...barFindings(symbol, bars, window),
    ...checkFunding(symbol, events, covered, config, { openTime: bars.openTime, rate: aligned.rate }),
    ...roundingFindings(symbol, rounded),
  ];
  const outputs = [
    ...(first === 0
      ? []
      : await writeWarmup(context, symbol, barsTable(before, qualities.subarray(0, first)), fundingTable(before, align(before.openTime)))),
    ...(await writeYears(context, barsTable(bars, quality), (year) => context.paths.cleanedBars(context.runId, symbol, year))),
    ...(await writeYears(context, fundingTable(bars, aligned), (year) => context.paths.cleanedFunding(context.runId, symbol, year))),
  ];
  return {
    symbol,
    inputs: [...rawBars, ...rawFunding],
    outputs,
    effective: { start: formatTime(covered.start), end: formatTime(covered.end - barMs) },
    counts: { ...countBars(bars, aligned, rounded), ...qualityCounts(quality), ...(first === 0 ? {} : { warmup_bars: first }) },
    findings,
  };
}

function roundingFindings(symbol: string, rounded: number): Finding[] {
  if (rounded === 0) return [];
  const message = 'settlement stamps were rounded to the hour';
  return [{ code: 'FUNDING_STAMPS_ROUNDED', severity: 'warning', subject: symbol, message, observed: rounded }];
}

/** The bars and the funding before the window, each in a table of its own. */
async function writeWarmup({ paths, runId, store }: StageContext, symbol: string, bars: Table, funding: Table): Promise<Artifact[]> {
  return [
    toArtifact(await store.write(paths.warmupBars(runId, symbol), bars)),
    toArtifact(await store.write(paths.warmupFunding(runId, symbol), funding)),
  ];
}

async function readEvents(context: StageContext, artifacts: Awaited<ReturnType<typeof rawPartitions>>): Promise<FundingEvents> {
  const table = await context.store.read(artifacts, rawFundingColumns);
  return { time: table.numbers['timestamp']!, rate: table.numbers['funding_rate']!, intervalHours: table.numbers['interval_hours']! };
}

function asBars(table: Table) {
  const { timestamp, open, high, low, close, volume } = table.numbers as Record<string, Float64Array>;
  return { openTime: timestamp!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

function barsTable(bars: CleanBars, quality: Float64Array): Table {
  const numbers = {
    timestamp: bars.openTime,
    open: bars.open,
    high: bars.high,
    low: bars.low,
    close: bars.close,
    volume: bars.volume,
    is_gap: Float64Array.from(bars.isGap),
    gap_len: bars.gapLength,
    quality,
  };
  return { columns: cleanBarColumns, rows: bars.rows, numbers, texts: {} };
}

function fundingTable(bars: CleanBars, aligned: AlignedFunding): Table {
  const missing = new Float64Array(bars.rows);
  for (let row = 0; row < bars.rows; row++) missing[row] = Number.isNaN(aligned.rate[row]!) ? 1 : 0;
  const numbers = { timestamp: bars.openTime, funding_event_ts: aligned.eventTime, funding_rate_scaled: aligned.rate, funding_missing: missing };
  return { columns: cleanFundingColumns, rows: bars.rows, numbers, texts: {} };
}

function qualityCounts(quality: Float64Array): Record<string, number> {
  const { zeroVolume, jump, afterGap } = countQuality(quality);
  return { zero_volume_bars: zeroVolume, jump_bars: jump, after_gap_bars: afterGap };
}

function countBars(bars: CleanBars, aligned: AlignedFunding, rounded: number): Record<string, number> {
  const count = (flags: Uint8Array) => {
    let sum = 0;
    for (let row = 0; row < flags.length; row++) sum += flags[row]!;
    return sum;
  };
  let runs = 0;
  let longest = 0;
  for (let row = 0; row < bars.rows; row++) {
    if (bars.isGap[row] === 1 && (row === 0 || bars.isGap[row - 1] === 0)) runs++;
    if (bars.gapLength[row]! > longest) longest = bars.gapLength[row]!;
  }
  return {
    bars: bars.rows,
    gap_bars: count(bars.isGap),
    gap_runs: runs,
    longest_gap_bars: longest,
    missing_bars: count(bars.isMissing),
    flat_empty_bars: count(bars.isFlatEmpty),
    funding_missing_bars: aligned.missingRows,
    funding_stale_bars: aligned.staleRows,
    funding_stamps_rounded: rounded,
  };
}

function barFindings(symbol: string, bars: CleanBars, window: { start: number; end: number }): Finding[] {
  const findings: Finding[] = [];
  const [first, last] = [bars.openTime[0]!, bars.openTime[bars.rows - 1]!];
  if (first > window.start)
    findings.push({
      code: 'STARTS_LATE',
      severity: 'warning',
      subject: symbol,
      message: `bars begin at ${formatTime(first)}, the run asked for ${formatDay(window.start)}`,
      range: { from: window.start, to: first },
    });
  if (last + barMs < window.end) {
    findings.push({
      code: 'ENDS_EARLY',
      severity: 'warning',
      subject: symbol,
      message: `bars end at ${formatTime(last)}, the run asked for ${formatDay(window.end - dayMs)}`,
      range: { from: last, to: window.end },
    });
  }
  if (bars.deadTailBars > 0) {
    const message = `after ${formatTime(last)} the source repeats ${bars.deadTailBars} flat bars without volume to its end, as after a delisting; they are left out`;
    findings.push({ code: 'DELISTED', severity: 'warning', subject: symbol, message, observed: bars.deadTailBars });
  }
  for (let row = 0; row < bars.rows; row++) {
    if (bars.isGap[row] === 0) continue;
    const from = row;
    while (row < bars.rows && bars.isGap[row] === 1) row++;
    const isAbsent = bars.isMissing.subarray(from, row).includes(1);
    const length = row - from;
    findings.push({
      code: isAbsent ? 'BARS_MISSING' : 'BARS_FLAT_EMPTY',
      severity: length > 96 ? 'warning' : 'info',
      subject: symbol,
      message: isAbsent ? `${length} bars are missing from the source` : `${length} flat bars without volume (an outage) are treated as missing`,
      range: { from: bars.openTime[from]!, to: bars.openTime[row - 1]! },
      observed: length,
    });
  }
  return findings;
}
