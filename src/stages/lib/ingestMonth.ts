import { AppError } from '../../core/errors.ts';
import { type Finding, sortFindings } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { barMs, dayMs, formatDay, formatTime, type Month } from '../../core/time.ts';
import { type ArchivePeriod, layoutOf, periodLabel, periodRange } from '../../venues/layouts.ts';
import { toArtifact } from './artifacts.ts';
import { addArchive, addRest, daysOf, disagreement, type MonthDraft, newDraft } from './ingestFetch.ts';
import { isSameTable, mergeParts, sourceRanges, splitBySource, withCodedSource, withoutRange } from './ingestMerge.ts';
import {
  findRecord,
  keepSuperseded,
  type Missing,
  type MonthRecord,
  recordFolder,
  saveRecord,
  type SourceObject,
  sourcePriority,
  type Superseded,
} from './ingestRecord.ts';
import { hasEnded, type IngestScope, isWithinLag, type Range, subjectOf } from './ingestScope.ts';
import { warmWindowOf } from './warmup.ts';

/** A month that needs no more work in this run, or one whose holes are still to be filled. */
export type LoadedMonth =
  | { readonly state: 'done'; readonly record: MonthRecord; readonly isReused: boolean }
  | { readonly state: 'draft'; readonly draft: MonthDraft };

/**
 * The month as the lake has it, or its monthly archive fetched. A month without holes is published at once.
 * A settled month is not asked for again unless the origin is another one or `--refresh` was given.
 */
export async function loadMonth(scope: IngestScope, symbol: string, month: Month): Promise<LoadedMonth> {
  const { context, rule, source, open } = scope;
  if (context.signal.aborted) throw new AppError('E_INTERRUPTED');
  const before = await findRecord(context, recordFolder(context, source.venue, symbol, rule.dataset, month.label));
  const isRefreshed = context.refresh && open.fetchChecksum !== undefined;
  if (before?.isIntact === true && !isRefreshed) {
    const { status, origin } = before.record;
    const isSettled = status === 'complete' || (status === 'settled' && origin === open.origin);
    if (isSettled || (rule.isLarge === true && hasWindow(scope, month, before.record)))
      return { state: 'done', record: before.record, isReused: true };
  }
  return scope.enqueue(async () => {
    const draft = newDraft(scope, symbol, month, before);
    if (before?.isIntact === true) await takeKnown(scope, draft, isRefreshed);
    const hasMonthly = draft.objects.some((object) => object.source === 'archive_monthly');
    const now = await scope.now();
    if (!hasMonthly && layoutOf(rule.dataset).files !== 'daily' && hasEnded(month.end, now)) await addArchive(scope, draft, { kind: 'month', month });
    const isWhole = draft.refused === null && missingOf(scope, draft, { grid: gridOf(month, now) }).length === 0;
    return isWhole && hasEnded(month.end, now)
      ? { state: 'done', record: await publishMonth(scope, draft), isReused: false }
      : { state: 'draft', draft };
  });
}

/** Fills the holes of a month: daily files of exactly the days with holes, then REST for exactly the holes left. */
export async function fillMonth(scope: IngestScope, draft: MonthDraft, isInterior: boolean): Promise<void> {
  const now = await scope.now();
  const { month } = draft;
  const grid = wantedOf(scope, month, now);
  const holes = () => missingOf(scope, draft, { grid });
  if (layoutOf(scope.rule.dataset).files !== 'monthly' && scope.open.hasDailyFiles) {
    const known = new Set(draft.objects.filter(({ source }) => source === 'archive_daily').map(({ file }) => file.slice(-14, -4)));
    const days = daysOf(holes(), (end) => hasEnded(end, now)).filter((day) => !known.has(periodLabel({ kind: 'day', day })));
    const isEmpty = draft.parts.length === 0;
    const ask = (day: number) => scope.enqueue(() => addArchive(scope, draft, { kind: 'day', day }));
    if (!isEmpty || isInterior) await Promise.all(days.map(ask));
    else await probeDays(draft, days, { ask, hasMonthly: layoutOf(scope.rule.dataset).files === 'both' });
    draft.absent.sort((a, b) => (a.period < b.period ? -1 : 1));
  }
  if (scope.open.fetchRest !== undefined && scope.rule.rest !== undefined) await scope.enqueue(() => addRest(scope, draft, holes()));
}

/**
 * A month outside the symbol's known life: its ends tell whether it is worth asking for the other days. Where there are no
 * files by month nothing is known beforehand, and days are missing in the middle of a life: two more are asked for.
 */
async function probeDays(
  draft: MonthDraft,
  days: readonly number[],
  { ask, hasMonthly }: { ask: (day: number) => Promise<boolean>; hasMonthly: boolean },
): Promise<void> {
  const last = days.length - 1;
  const places = hasMonthly ? [0, last] : [0, Math.floor(last / 3), Math.floor((2 * last) / 3), last];
  const probes = days.length === 0 ? [] : [...new Set(places.map((place) => days[place]!))];
  const found = await Promise.all(probes.map(ask));
  if (found.includes(true)) await Promise.all(days.filter((day) => !probes.includes(day)).map(ask));
  else draft.absent = draft.absent.filter(({ period }) => period.length === 7 || days.every((day) => periodLabel({ kind: 'day', day }) !== period));
}

/** Starts from what the lake has; with `--refresh` archives whose CHECKSUM changed are fetched again. */
async function takeKnown(scope: IngestScope, draft: MonthDraft, isRefreshed: boolean): Promise<void> {
  const { record } = draft.before!;
  draft.objects.push(...record.objects);
  draft.findings.push(...record.findings.filter(({ code }) => !/^FILLED_|^REST_REFUSED/.test(code)));
  if (record.partition === null) return;
  const table = await scope.context.store.read([record.partition], scope.rule.columns);
  draft.parts.push(...splitBySource(table));
  if (!isRefreshed) return;
  for (const object of record.objects) {
    if (object.source === 'rest') continue;
    const period = periodOf(draft.month, object.file);
    const checksum = await scope.open.fetchChecksum!({ dataset: scope.rule.dataset, symbol: draft.symbol, period });
    if (checksum.status === 'ok' && checksum.sha256 !== object.sha256) await replaceArchive(scope, draft, object, period);
  }
}

/** Fetches a file whose CHECKSUM changed and puts its rows in place of the earlier ones, which stay when that fails. */
async function replaceArchive(scope: IngestScope, draft: MonthDraft, old: SourceObject, period: ArchivePeriod): Promise<void> {
  const before = { parts: draft.parts, objects: draft.objects };
  const isAboutOld = ({ subject }: Finding) => old.file.endsWith(subject);
  const dropped = draft.findings.filter(isAboutOld);
  draft.findings = draft.findings.filter((finding) => !isAboutOld(finding));
  const { from, to } = periodRange(period);
  draft.parts = draft.parts.map((part) => (part.source === old.source ? { ...part, table: withoutRange(part.table, from, to) } : part));
  draft.objects = draft.objects.filter(({ file }) => file !== old.file);
  const known = draft.objects.length;
  await addArchive(scope, draft, period);
  const fetched = draft.objects[known];
  if (fetched === undefined || fetched.sha256 === old.sha256) {
    draft.parts = before.parts;
    draft.objects = before.objects;
    draft.findings.push(...dropped);
    return;
  }
  draft.isReplaced = true;
  draft.findings.push(replacedFinding(old.file, old.sha256, fetched.sha256));
}

/**
 * Writes what is new of a month: partition (the earlier one is kept under objects/), then the record. A month without
 * rows leaves a record only when it is settled and `isKept`.
 */
export async function publishMonth(scope: IngestScope, draft: MonthDraft, { isKept = true }: { isKept?: boolean } = {}): Promise<MonthRecord> {
  const { context, rule, open } = scope;
  const { symbol, month, folder, before } = draft;
  const now = await scope.now();
  inOrder(draft);
  const { table, disagreements } = mergeDraft(scope, draft);
  if (disagreements.length > 0) draft.findings.push(disagreement(subjectOf(scope, symbol, month), disagreements, 'archive files and REST'));
  const missing = missingOf(scope, draft, { grid: gridOf(month, now), table });
  const { partition, superseded } = await publishPartition(scope, draft, table);
  const record: MonthRecord = {
    dataset: rule.dataset,
    symbol,
    month: month.label,
    status: statusOf(draft, missing, { now, isLarge: rule.isLarge === true }),
    origin: open.origin,
    checked: now === null || now === Infinity ? null : formatTime(now),
    objects: draft.objects,
    partition,
    sources: sourceRanges(table),
    missing,
    absent: draft.absent,
    superseded: [...(before?.record.superseded ?? []), ...superseded],
    findings: uniqueFindings([...draft.findings, ...fillFindings(scope, draft, table)]),
  };
  const isWorthKeeping = partition !== null || (isKept && record.status === 'settled');
  if (isWorthKeeping) await saveRecord(context, folder, record);
  return record;
}

/** Whatever finished first: the result must not depend on it. */
function inOrder(draft: MonthDraft): void {
  const startOf = ({ table }: MonthDraft['parts'][number]) => table.numbers['timestamp']![0] ?? 0;
  const keyOf = ({ source, start, file }: MonthDraft['objects'][number]) => `${sourcePriority.indexOf(source)} ${start} ${file}`;
  draft.parts.sort((a, b) => startOf(a) - startOf(b));
  draft.objects.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  draft.findings = sortFindings(draft.findings);
}

async function publishPartition(
  scope: IngestScope,
  draft: MonthDraft,
  table: Table,
): Promise<{ partition: MonthRecord['partition']; superseded: Superseded[] }> {
  const { context, rule, source } = scope;
  const { before, folder, symbol, month } = draft;
  const known = before?.record.partition ?? null;
  if (table.rows === 0) return { partition: null, superseded: [] };
  if (known !== null && before!.isIntact && isSameTable(table, await context.store.read([known], rule.columns)))
    return { partition: known, superseded: [] };
  const kept = known === null ? null : await keepSuperseded(context, folder, before!, draft.isReplaced ? 'archive replaced' : 'rows added');
  const partition = toArtifact(await context.store.write(rule.partition(context, source.venue, symbol, month), withCodedSource(table)));
  return { partition, superseded: kept === null || kept.partition.sha256 === partition.sha256 ? [] : [kept] };
}

/** All rows gathered so far as one table. */
export function mergeDraft(scope: IngestScope, draft: MonthDraft): ReturnType<typeof mergeParts> {
  const { rule } = scope;
  const merged = mergeParts(draft.parts, rule.compared, rule.columns);
  return rule.finish === undefined ? merged : { ...merged, table: rule.finish(merged.table) };
}

/** The part of the month in which rows can be there by now: bars that are closed. */
function gridOf(month: Month, now: number | null): Range {
  const to = now === null || now === Infinity ? month.end : Math.min(month.end, Math.floor(now / barMs) * barMs);
  return { from: month.start, to: Math.max(month.start, to) };
}

/** The part of that which is fetched: all of it, or the days that the window touches where files are large. */
function wantedOf({ rule, context }: IngestScope, month: Month, now: number | null): Range {
  const grid = gridOf(month, now);
  if (rule.isLarge !== true) return grid;
  const window = warmWindowOf(context);
  const [from, to] = [Math.floor(window.start / dayMs) * dayMs, Math.ceil(window.end / dayMs) * dayMs];
  return { from: Math.max(grid.from, from), to: Math.max(Math.max(grid.from, from), Math.min(grid.to, to)) };
}

/** True when every day of the window that is in the month was read, or asked for in vain at this origin when it was long due. */
function hasWindow(scope: IngestScope, month: Month, record: MonthRecord): boolean {
  const { from, to } = wantedOf(scope, month, Infinity);
  const isInVain = (day: number) =>
    record.origin === scope.open.origin && record.absent.some(({ period, isWithinLag: isDue }) => period === formatDay(day) && !isDue);
  const rows = () => ({ columns: [], rows: 0, numbers: {}, texts: {} });
  return daysOf(scope.rule.missing(rows, { from, to }, record.objects), () => true).every(isInVain);
}

/** @param table merged rows of the draft where they are at hand */
function missingOf(scope: IngestScope, draft: MonthDraft, { grid, table }: { grid: Range; table?: Table }): Missing[] {
  return grid.to > grid.from ? scope.rule.missing(() => table ?? mergeDraft(scope, draft).table, grid, draft.objects) : [];
}

function statusOf(
  { month, refused, absent, isRestRefused }: MonthDraft,
  missing: readonly Missing[],
  { now, isLarge }: { now: number | null; isLarge: boolean },
): MonthRecord['status'] {
  const isMonthlyDue = absent.some(({ period, isWithinLag: isDue }) => period === month.label && isDue);
  if (missing.length === 0 && hasEnded(month.end, now) && !isMonthlyDue) return 'complete';
  if ((refused !== null || isRestRefused) && missing.length > 0) return 'open';
  return isLarge || now === null || isWithinLag(month.end, now) ? 'open' : 'settled';
}

function periodOf(month: Month, file: string): ArchivePeriod {
  const day = Date.parse(`${/(\d{4}-\d{2}-\d{2})\.zip$/.exec(file)?.[1] ?? ''}T00:00:00Z`);
  return Number.isNaN(day) ? { kind: 'month', month } : { kind: 'day', day };
}

function fillFindings(scope: IngestScope, { symbol, month }: MonthDraft, table: Table): Finding[] {
  if (layoutOf(scope.rule.dataset).files === 'daily') return [];
  const names = { archive_monthly: '', archive_daily: 'daily files', rest: 'REST' } as const;
  return (['archive_daily', 'rest'] as const).flatMap((source) => {
    const rows = table.rows === 0 ? 0 : table.texts['source']!.reduce((sum, value) => sum + Number(value === source), 0);
    const code = source === 'rest' ? 'FILLED_FROM_REST' : 'FILLED_FROM_DAILY';
    const message = `${rows} rows of the month came from ${names[source]}, because the monthly archive lacks them`;
    return rows === 0 ? [] : [{ code, severity: 'info' as const, subject: subjectOf(scope, symbol, month), message, observed: rows }];
  });
}

function replacedFinding(file: string, before: string, after: string): Finding {
  const message = `the publisher replaced the archive: its CHECKSUM was ${before} and is now ${after}; the earlier revision is kept`;
  return { code: 'ARCHIVE_REPLACED', severity: 'warning', subject: `${file}@${before.slice(0, 12)}`, message, observed: after, allowed: before };
}

function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const latest = new Map(findings.map((finding) => [`${finding.code} ${finding.subject} ${finding.range?.from ?? ''}`, finding]));
  return [...latest.values()];
}
