import type { Finding } from '../../core/findings.ts';
import { sha256 } from '../../core/canonicalJson.ts';
import { type AppError, isAppError } from '../../core/errors.ts';
import type { Table } from '../../core/table.ts';
import { dayMs, formatTime, type Month } from '../../core/time.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { serverDateOf } from '../../venues/answers.ts';
import { archiveFileName, type ArchivePeriod, periodLabel, periodRange } from '../../venues/layouts.ts';
import type { ArchiveResult, RestPage, RestResult } from '../../venues/source.ts';
import { disagreeingTimes, type Part } from './ingestMerge.ts';
import { type AbsentPeriod, type FoundRecord, type Missing, recordFolder, type SourceName, type SourceObject } from './ingestRecord.ts';
import { type IngestScope, isWithinLag, type Range, subjectOf } from './ingestScope.ts';

/** A month while its rows are being gathered. */
export interface MonthDraft {
  readonly symbol: string;
  readonly month: Month;
  readonly folder: string;
  readonly before: FoundRecord | null;
  parts: Part[];
  objects: SourceObject[];
  absent: AbsentPeriod[];
  findings: Finding[];
  /** Set when an archive of the month was refused; fatal unless other sources have all of its rows. */
  refused: AppError | null;
  isReplaced: boolean;
  /** The REST interface refuses this address or region: what it might have is still open. */
  isRestRefused: boolean;
}

export function newDraft(scope: IngestScope, symbol: string, month: Month, before: FoundRecord | null): MonthDraft {
  const folder = recordFolder(scope.context, scope.source.venue, symbol, scope.rule.dataset, month.label);
  return { symbol, month, folder, before, parts: [], objects: [], absent: [], findings: [], refused: null, isReplaced: false, isRestRefused: false };
}

/** Asks for one archive file of the month and adds its rows, or notes that it is absent or had to be refused. */
export async function addArchive(scope: IngestScope, draft: MonthDraft, period: ArchivePeriod): Promise<boolean> {
  const { rule } = scope;
  const { symbol } = draft;
  const now = await scope.now();
  const fetched = await fetchArchive(scope, draft, period);
  if (fetched === null) return true;
  if (fetched.status === 'absent') {
    draft.absent.push({ period: periodLabel(period), isWithinLag: isWithinLag(periodRange(period).to, serverDateOf(fetched.headers) ?? now) });
    return false;
  }
  const source: SourceName = period.kind === 'month' ? 'archive_monthly' : 'archive_daily';
  try {
    const { table, findings } = await rule.parse(fetched.bytes, { name: fetched.fileName, symbol, ...periodRange(period) });
    if (rule.doubtful !== undefined) await compareWithRest(scope, draft, table);
    draft.objects.push(await keepArchive(scope, draft, fetched, source, table));
    draft.parts.push({ source, table });
    // A file that was refused before and is sound now is a matter of the past.
    draft.findings = draft.findings.filter(({ code, subject }) => code !== 'ARCHIVE_REFUSED' || subject !== fetched.fileName);
    draft.findings.push(...findings);
  } catch (error) {
    if (!isAppError(error) || !['E_ARCHIVE', 'E_CSV', 'E_DATA_CONFLICT'].includes(error.code)) throw error;
    await refuse(scope, draft, fetched, error);
  }
  return true;
}

/** The archive of a period; null when its bytes are not what was published and the run can do without them. */
async function fetchArchive({ open, rule }: IngestScope, draft: MonthDraft, period: ArchivePeriod): Promise<ArchiveResult | null> {
  const request = { dataset: rule.dataset, symbol: draft.symbol, period };
  try {
    return await open.fetchArchive(request);
  } catch (error) {
    if (rule.isOptional !== true || !isAppError(error) || !['E_ARCHIVE', 'E_CHECKSUM'].includes(error.code)) throw error;
    draft.refused ??= error;
    draft.findings.push(refusal(archiveFileName(request), error, { kept: `refused/${archiveFileName(request)}`, observed: null }));
    return null;
  }
}

/** Asks the REST interface for exactly the missing ranges and adds what it has. */
export async function addRest(scope: IngestScope, draft: MonthDraft, ranges: readonly Missing[]): Promise<void> {
  for (const { from, to } of ranges) {
    const result = await askRest(scope, draft, { from, to });
    if (result === null) return;
    const { table, findings } = scope.rule.rest!.rowsOf(result, { name: `REST ${draft.symbol} ${draft.month.label}` });
    if (table.rows === 0) continue;
    for (const page of result.pages) draft.objects.push(await keepPage(scope, draft, page, table));
    draft.parts.push({ source: 'rest', table });
    draft.findings.push(...findings);
  }
}

/** The answer of the REST interface; null when it serves the archive's users but not this address or region. */
async function askRest(scope: IngestScope, draft: MonthDraft, { from, to }: Range): Promise<RestResult | null> {
  try {
    return await scope.open.fetchRest!({ dataset: scope.rule.rest!.dataset, symbol: draft.symbol, from, to });
  } catch (error) {
    const problem = isAppError(error) && error.code === 'E_NETWORK' ? String(error.details['problem']) : '';
    if (!/^status (403|451)\b/.test(problem)) throw error;
    draft.isRestRefused = true;
    draft.findings.push({ code: 'REST_REFUSED', severity: 'warning', subject: subjectOf(scope, draft.symbol, draft.month), message: problem });
    return null;
  }
}

/** Compares a few doubtful stretches of an archive with the REST interface; the archive is kept, a difference is a finding. */
async function compareWithRest(scope: IngestScope, draft: MonthDraft, table: Table): Promise<void> {
  if (scope.open.fetchRest === undefined || scope.rule.rest === undefined) return;
  for (const range of scope.rule.doubtful!(table)) {
    const result = await askRest(scope, draft, range);
    if (result === null) return;
    const other = scope.rule.rest.rowsOf(result, { name: 'REST' }).table;
    const times = disagreeingTimes(table, other, scope.rule.compared);
    if (times.length > 0) draft.findings.push(disagreement(subjectOf(scope, draft.symbol, draft.month), times, 'the archive and REST'));
  }
}

/** Two sources have different values for the same times. */
export function disagreement(subject: string, times: readonly number[], who: string): Finding {
  const shown = times.slice(0, 5).map(formatTime).join(', ');
  return {
    code: 'SOURCES_DISAGREE',
    severity: 'warning',
    subject,
    message: `${who} differ in ${times.length} rows (${shown}${times.length > 5 ? ', ...' : ''}); the row of the higher source was kept`,
    range: { from: times[0]!, to: times.at(-1)! },
    observed: times.length,
  };
}

type Fetched = Extract<ArchiveResult, { status: 'ok' }>;

/** Stores the bytes of an archive; a later revision of a file goes beside the earlier one. */
async function keepArchive(scope: IngestScope, draft: MonthDraft, fetched: Fetched, source: SourceName, table: Table): Promise<SourceObject> {
  const { files } = scope.context.effects;
  const plain = `${draft.folder}/${fetched.fileName}`;
  const there = (await files.stat(plain)) === null ? null : sha256(await files.read(plain));
  const file = there === null || there === fetched.sha256 ? fetched.fileName : `${fetched.sha256.slice(0, 12)}-${fetched.fileName}`;
  if (there !== fetched.sha256) await keep(scope, `${draft.folder}/${file}`, fetched.bytes);
  return {
    source,
    url: fetched.url,
    file,
    sha256: fetched.sha256,
    bytes: fetched.bytes.length,
    checksum: fetched.checksumText.trim(),
    ...dates(fetched.headers),
    ...rowFacts(table),
  };
}

async function keepPage(scope: IngestScope, draft: MonthDraft, page: RestPage, table: Table): Promise<SourceObject> {
  const hash = sha256(page.bytes);
  const file = `rest-${hash.slice(0, 12)}.json`;
  await keep(scope, `${draft.folder}/${file}`, page.bytes);
  return { source: 'rest', url: page.url, file, sha256: hash, bytes: page.bytes.length, checksum: null, ...dates(page.headers), ...rowFacts(table) };
}

async function refuse(scope: IngestScope, draft: MonthDraft, fetched: Fetched, error: AppError): Promise<void> {
  const file = `refused/${fetched.sha256.slice(0, 12)}-${fetched.fileName}`;
  await keep(scope, `${draft.folder}/${file}`, fetched.bytes);
  draft.refused ??= error;
  draft.findings.push(refusal(fetched.fileName, error, { kept: file, observed: fetched.sha256 }));
}

function refusal(subject: string, error: AppError, { kept, observed }: { kept: string; observed: string | null }): Finding {
  const message = `the archive was refused as a whole (${error.message}); its bytes are kept as ${kept}`;
  return { code: 'ARCHIVE_REFUSED', severity: 'error', subject, message, observed };
}

async function keep(scope: IngestScope, path: string, bytes: Buffer): Promise<void> {
  const { files, uniqueName } = scope.context.effects;
  await writeAtomic(files, path, bytes, uniqueName);
}

function dates(headers: Readonly<Record<string, string>>): Pick<SourceObject, 'etag' | 'last_modified' | 'server_date'> {
  return { etag: headers['etag'] ?? null, last_modified: headers['last-modified'] ?? null, server_date: headers['date'] ?? null };
}

function rowFacts(table: Table): Pick<SourceObject, 'start' | 'end' | 'rows'> {
  const times = table.numbers['timestamp']!;
  const at = (row: number) => (table.rows === 0 ? null : formatTime(times[row]!));
  return { start: at(0), end: at(table.rows - 1), rows: table.rows };
}

/** The days of the ranges that are over. */
export function daysOf(ranges: readonly Range[], isOver: (end: number) => boolean): number[] {
  const days = new Set<number>();
  for (const { from, to } of ranges) {
    for (let day = Math.floor(from / dayMs) * dayMs; day < to; day += dayMs) if (isOver(day + dayMs)) days.add(day);
  }
  return [...days].sort((a, b) => a - b);
}
