import type { Finding } from '../../core/findings.ts';
import { formatDay, formatTime, type Month } from '../../core/time.ts';
import type { AbsentPeriod, Missing, MonthRecord, SourceRange } from './ingestRecord.ts';
import type { IngestScope } from './ingestScope.ts';
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
  const gaps = first === null || last === null ? [] : gapsBetween(records, windowOf(scope.context.config), Date.parse(first), Date.parse(last));
  const gapRows = gaps.map(({ from, to, count }) => ({
    from: formatTime(from),
    to: formatTime(to - stepOf({ from, to, count })),
    [rule.unit]: count,
  }));
  const lost = gaps.reduce((sum, { count }) => sum + count, 0);
  const rows = outputs.reduce((sum, artifact) => sum + (artifact.rows ?? 0), 0);
  const findings = [
    ...records.flatMap((record) => [...record.findings]),
    ...absentFindings(`${symbol} ${rule.dataset}`, records),
    ...gaps.map((gap) => gapFinding(scope, symbol, gap)),
    ...edgeFindings(scope, symbol, first, last),
  ];
  const isShort = gaps.length > 0 || outputs.length < months.length;
  if (isShort && scope.open.fetchRest === undefined && !scope.source.isOffline) findings.push(restFinding(`${symbol} ${rule.dataset}`));
  return {
    symbol,
    inputs: [],
    outputs,
    effective: { first, last, gaps: gapRows, sources: joinRanges(records.flatMap(({ sources }) => [...sources])) },
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
  const asked = ['the monthly archive', ...(rule.hasDailyFiles && open.hasDailyFiles ? ['daily files'] : []), ...(open.fetchRest ? ['REST'] : [])];
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
  const slack = rule.unit === 'bars' ? 900_000 : 8 * 3_600_000;
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
