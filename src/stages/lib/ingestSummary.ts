import type { Finding } from '../../core/findings.ts';
import { formatDay, formatTime, type Month } from '../../core/time.ts';
import type { AbsentPeriod, Missing, MonthRecord, SourceRange } from './ingestRecord.ts';
import { layoutOf } from '../../venues/layouts.ts';
import type { IngestRule, IngestScope } from './ingestScope.ts';
import { windowOf } from './runConfig.ts';
import type { StageResult, SymbolResult } from './stage.ts';

export interface SymbolMonths {
  /** One per month of the window, in order. */
  readonly records: readonly MonthRecord[];
  /** How many of them the lake had already. */
  readonly reused: number;
}

/** Gaps longer than this are a warning. */
const longGapMs = 86_400_000;
const shownRanges = 20;

/** What one symbol contributes to the manifest: partitions, where its rows came from, what is missing. */
export function summarizeSymbol(scope: IngestScope, symbol: string, months: readonly Month[], { records }: SymbolMonths): SymbolResult {
  const { rule } = scope;
  const outputs = records.flatMap(({ partition }) => (partition === null ? [] : [partition]));
  const first = outputs[0]?.start ?? null;
  const last = outputs.at(-1)?.end ?? null;
  const window = windowOf(scope.context.config);
  const gaps = first === null || last === null ? [] : gapsBetween(records, window, Date.parse(first), Date.parse(last));
  const gapRows = gaps.map(({ from, to, count }) => ({
    from: formatTime(from),
    to: formatTime(to - stepOf({ from, to, count })),
    [rule.unit]: count,
  }));
  const lost = gaps.reduce((sum, { count }) => sum + count, 0);
  const rows = outputs.reduce((sum, artifact) => sum + (artifact.rows ?? 0), 0);
  const findings = [
    ...joinFiles(
      `${symbol} ${rule.dataset}`,
      records.flatMap((record) => [...record.findings]),
      rule,
    ),
    ...(outputs.length === 0 && rule.isOptional === true ? [nothingFinding(symbol, rule)] : []),
    ...absentFindings(`${symbol} ${rule.dataset}`, records),
    ...gaps.map((gap) => gapFinding(scope, symbol, gap)),
    ...edgeFindings(scope, symbol, first, last),
  ];
  const isShort = gaps.length > 0 || outputs.length < months.length;
  if (isShort && rule.rest !== undefined && scope.open.fetchRest === undefined && !scope.source.isOffline)
    findings.push(restFinding(`${symbol} ${rule.dataset}`));
  return {
    symbol,
    inputs: [],
    outputs,
    effective: {
      first,
      last,
      gaps: gapRows,
      sources: joinRanges(records.flatMap(({ sources }) => [...sources])),
      ...(rule.unit === 'days' ? { absent: absentDays(records, window) } : {}),
    },
    counts: { months: outputs.length, months_absent: months.length - outputs.length, rows, gaps: gaps.length, [`missing_${rule.unit}`]: lost },
    findings,
  };
}

export function combineSymbols(scope: IngestScope, results: readonly SymbolResult[]): StageResult {
  const { source, context } = scope;
  const window = windowOf(context.config);
  const start = Math.max(window.start, source.earliest);
  const findings = results.flatMap((result) => result.findings);
  if (start > window.start) {
    const message = `the source begins at ${formatDay(start)}, the run asked for ${formatDay(window.start)}`;
    findings.push({ code: 'START_CLAMPED', severity: 'info', subject: `source ${source.id}`, message, range: { from: window.start, to: start } });
  }
  return {
    inputs: [],
    outputs: results.flatMap((result) => result.outputs),
    effective: {
      source: source.id,
      requested_start: formatDay(window.start),
      requested_end: formatDay(window.end - 1),
      effective_start: formatDay(start),
      effective_end: formatDay(window.end - 1),
      symbols: Object.fromEntries(results.map((result) => [result.symbol, result.effective])),
    },
    counts: { symbols: Object.fromEntries(results.map((result) => [result.symbol, result.counts])) },
    findings,
  };
}

/** Missing stretches inside the symbol's life and the window, joined over month ends. */
function gapsBetween(records: readonly MonthRecord[], window: { start: number; end: number }, first: number, last: number): Missing[] {
  const gaps: Missing[] = [];
  for (const missing of records.flatMap((record) => [...record.missing])) {
    const step = stepOf(missing);
    const from = missing.from + Math.ceil(Math.max(0, Math.max(window.start, first) - missing.from) / step) * step;
    const to = Math.min(missing.to, window.end, last);
    const count = Math.ceil((to - from) / step);
    if (count <= 0) continue;
    const before = gaps.at(-1);
    if (before !== undefined && before.to === from) gaps[gaps.length - 1] = { from: before.from, to, count: before.count + count };
    else gaps.push({ from, to, count });
  }
  return gaps;
}

/** Distance of the missing times; bars are a grid, settlements keep the interval in force. */
function stepOf({ from, to, count }: Missing): number {
  return (to - from) / count;
}

function gapFinding({ rule, open }: IngestScope, symbol: string, { from, to, count }: Missing): Finding {
  const { files } = layoutOf(rule.dataset);
  const asked = [
    ...(files === 'daily' ? [] : ['the monthly archive']),
    ...(files !== 'monthly' && open.hasDailyFiles ? ['daily files'] : []),
    ...(open.fetchRest && rule.rest ? ['REST'] : []),
  ];
  return {
    code: 'GAP',
    severity: to - from > longGapMs ? 'warning' : 'info',
    subject: `${symbol} ${rule.dataset}`,
    message: `${count} ${rule.unit} are missing from ${formatTime(from)}; asked were ${asked.join(', ')}`,
    range: { from, to: to - stepOf({ from, to, count }) },
    observed: count,
  };
}

function edgeFindings(scope: IngestScope, symbol: string, first: string | null, last: string | null): Finding[] {
  const window = windowOf(scope.context.config);
  const { rule } = scope;
  const subject = `${symbol} ${rule.dataset}`;
  const slack = rule.slackMs;
  const findings: Finding[] = [];
  if (first !== null && Date.parse(first) >= Math.max(window.start, scope.source.earliest) + slack)
    findings.push({
      code: 'STARTS_LATE',
      severity: 'info',
      subject,
      message: `rows begin at ${first}`,
      range: { from: window.start, to: Date.parse(first) },
    });
  if (last !== null && Date.parse(last) + slack < window.end)
    findings.push({
      code: 'ENDS_EARLY',
      severity: 'info',
      subject,
      message: `rows end at ${last}`,
      range: { from: Date.parse(last), to: window.end },
    });
  return findings;
}

/** Days of the window of which no file was read, epoch ms: what is not there can then not be taken for nothing. */
function absentDays(records: readonly MonthRecord[], window: { start: number; end: number }): { from: number; to: number }[] {
  const days: { from: number; to: number }[] = [];
  for (const missing of records.flatMap((record) => [...record.missing])) {
    const [from, to] = [Math.max(missing.from, window.start), Math.min(missing.to, window.end)];
    const before = days.at(-1);
    if (before !== undefined && before.to === from) before.to = Math.max(before.to, to);
    else if (from < to) days.push({ from, to });
  }
  return days;
}

/** Of a dataset that comes in daily files alone, what was found in each file is one finding for all. */
function joinFiles(subject: string, findings: readonly Finding[], rule: IngestRule): Finding[] {
  if (layoutOf(rule.dataset).files !== 'daily') return [...findings];
  const isOfFile = ({ subject: file, code, observed }: Finding) =>
    file.endsWith('.zip') && code !== 'ARCHIVE_REFUSED' && typeof observed === 'number';
  const ofFiles = findings.filter(isOfFile);
  const joined = [...new Set(ofFiles.map(({ code }) => code))].map((code) => {
    const same = ofFiles.filter((one) => one.code === code);
    const observed = same.reduce((sum, one) => sum + (one.observed as number), 0);
    return { ...same[0]!, subject, message: `${same[0]!.message} (in ${same.length} daily ${same.length === 1 ? 'file' : 'files'})`, observed };
  });
  return [...findings.filter((one) => !isOfFile(one)), ...joined];
}

function nothingFinding(symbol: string, { dataset, unit }: IngestRule): Finding {
  const message = `the source has no ${dataset} of ${symbol} in the window; studies that read them are inconclusive`;
  return { code: 'DATASET_ABSENT', severity: 'warning', subject: `${symbol} ${dataset}`, message, observed: `0 ${unit}` };
}

function restFinding(subject: string): Finding {
  const message = 'rows are missing and the REST interface was not asked: a run with --archive-url uses it only when --rest-url names it';
  return { code: 'REST_NOT_ASKED', severity: 'info', subject, message };
}

/** One finding for all absent files, one for all that may still come. */
function absentFindings(subject: string, records: readonly MonthRecord[]): Finding[] {
  const all = records.flatMap((record) => [...record.absent]);
  return [true, false].flatMap((isWithinLag) =>
    ['monthly', 'daily'].flatMap((kind) => {
      const periods = all.filter((item) => item.isWithinLag === isWithinLag && (item.period.length === 7) === (kind === 'monthly'));
      if (periods.length === 0) return [];
      const ranges = periodRanges(periods);
      const shown = ranges.slice(0, shownRanges).join(', ') + (ranges.length > shownRanges ? ', ...' : '');
      const what = `${kind} archive for ${shown}`;
      return isWithinLag
        ? [finding('ARCHIVE_NOT_YET', 'info', subject, `the source has not published its ${what} yet; the next run asks again`, periods.length)]
        : [finding('ARCHIVE_ABSENT', 'warning', subject, `the source has no ${what}`, periods.length)];
    }),
  );
}

function finding(code: string, severity: Finding['severity'], subject: string, message: string, observed: number): Finding {
  return { code, severity, subject, message, observed };
}

/** `2025-12` or `2025-10 to 2025-12` for each unbroken stretch of months or days in order. */
function periodRanges(periods: readonly AbsentPeriod[]): string[] {
  const out: string[] = [];
  const startOf = (label: string) => Date.parse(`${label.padEnd(10, '-01')}T00:00:00Z`);
  const nextOf = (label: string) => {
    const at = new Date(startOf(label));
    return label.length === 7 ? Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1) : at.getTime() + 86_400_000;
  };
  for (let i = 0; i < periods.length; i++) {
    const from = periods[i]!.period;
    while (i + 1 < periods.length && startOf(periods[i + 1]!.period) === nextOf(periods[i]!.period)) i++;
    const to = periods[i]!.period;
    out.push(from === to ? from : `${from} to ${to}`);
  }
  return out;
}

/** Ranges of one source over month ends as one. */
function joinRanges(ranges: readonly SourceRange[]): SourceRange[] {
  const out: SourceRange[] = [];
  for (const range of ranges) {
    const before = out.at(-1);
    if (before?.source !== range.source) out.push(range);
    else out[out.length - 1] = { ...before, to: range.to, rows: before.rows + range.rows };
  }
  return out;
}
