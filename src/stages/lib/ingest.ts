import type { Finding } from '../../core/findings.ts';
import { prettyJson, sha256 } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import type { Table } from '../../core/table.ts';
import { formatDay, type Month, monthsBetween } from '../../core/time.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { ArchiveDataset, ArchiveResult, OpenSource, Source } from '../../venues/source.ts';
import { toArtifact } from './artifacts.ts';
import { windowOf } from './runConfig.ts';
import type { Artifact, StageContext, StageResult, SymbolResult } from './stage.ts';

/** One dataset's way from archive bytes to raw rows. */
export interface Ingest {
  readonly dataset: ArchiveDataset;
  /** Raw rows of one archive and what was noticed in it. */
  readonly parse: (bytes: Buffer, file: { name: string; symbol: string; month: Month }) => { table: Table; findings: readonly Finding[] };
  readonly partition: (context: StageContext, venue: string, symbol: string, month: Month) => string;
}

/** What was received for one month and which raw partition was made of it; kept beside the bytes. */
interface Provenance {
  readonly url: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly checksum: string;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly server_date: string | null;
  readonly partition: Artifact;
  readonly findings: readonly Finding[];
}

const parallelDownloads = 8;

/**
 * Fetches every month of every symbol in the window and writes one immutable raw partition per source month.
 * Months that are already in the lake are not fetched again. Whole months are kept whatever the window is: a
 * request selects, it never cuts shared data.
 *
 * @throws E_NO_DATA when the source has nothing at all for a symbol in the window
 */
export async function ingest(context: StageContext, rule: Ingest): Promise<StageResult> {
  const source = await context.registry.load<Source>('source', context.config.source);
  const window = windowOf(context.config);
  const months = monthsBetween(Math.max(window.start, source.earliest), window.end);
  const open = source.open({
    effects: context.effects,
    signal: context.signal,
    seed: context.config.seed,
    ...(context.archiveUrl === null ? {} : { archiveUrl: context.archiveUrl }),
  });
  const { default: PQueue } = await import('p-queue');
  const queue = new PQueue({ concurrency: parallelDownloads });
  const total = months.length * context.config.symbols.length;
  let done = 0;
  try {
    const results: SymbolResult[] = [];
    for (const symbol of context.config.symbols) {
      const parts = await Promise.all(
        months.map((month) =>
          queue.add(async () => {
            const part = await ingestMonth(context, rule, source, open, symbol, month);
            done++;
            context.note(`${symbol} ${month.label} (${done}/${total})`);
            return part;
          }),
        ),
      );
      results.push(summarize(symbol, rule, months, parts, { source, window }));
    }
    return combine(results, source, window);
  } finally {
    queue.clear();
    await open.close();
  }
}

interface MonthPart {
  readonly artifact: Artifact;
  readonly findings: readonly Finding[];
  readonly isReused: boolean;
}

async function ingestMonth(
  context: StageContext,
  rule: Ingest,
  source: Source,
  open: OpenSource,
  symbol: string,
  month: Month,
): Promise<MonthPart | null> {
  if (context.signal.aborted) throw new AppError('E_INTERRUPTED');
  const folder = `${context.paths.objects(source.venue)}/perp/${symbol}/${rule.dataset}/${month.label}`;
  const known = await readProvenance(context, `${folder}/provenance.json`);
  if (known !== null) return { artifact: known.partition, findings: known.findings, isReused: true };
  const fetched = await open.fetchMonth({ dataset: rule.dataset, symbol, month });
  if (fetched.status === 'absent') return null;
  const { table, findings } = rule.parse(fetched.bytes, { name: fetched.fileName, symbol, month });
  const artifact = toArtifact(await context.store.write(rule.partition(context, source.venue, symbol, month), table));
  await writeAtomic(context.effects.files, `${folder}/${fetched.fileName}`, fetched.bytes, context.effects.uniqueName);
  const record = provenance(fetched, artifact, findings);
  await writeAtomic(context.effects.files, `${folder}/provenance.json`, Buffer.from(prettyJson(record)), context.effects.uniqueName);
  return { artifact, findings, isReused: false };
}

function provenance(fetched: Extract<ArchiveResult, { status: 'ok' }>, partition: Artifact, findings: readonly Finding[]): Provenance {
  return {
    url: fetched.url,
    file: fetched.fileName,
    sha256: fetched.sha256,
    bytes: fetched.bytes.length,
    checksum: fetched.checksumText.trim(),
    etag: fetched.headers['etag'] ?? null,
    last_modified: fetched.headers['last-modified'] ?? null,
    server_date: fetched.headers['date'] ?? null,
    partition,
    findings,
  };
}

/** The record of a month, when its raw partition is still there with the recorded content. */
async function readProvenance(context: StageContext, path: string): Promise<Provenance | null> {
  const { files } = context.effects;
  if ((await files.stat(path)) === null) return null;
  const record = JSON.parse((await files.read(path)).toString('utf8')) as Provenance;
  const partition = `${context.paths.root}/${record.partition.path}`;
  if ((await files.stat(partition)) === null) return null;
  return sha256(await files.read(partition)) === record.partition.sha256 ? record : null;
}

function summarize(
  symbol: string,
  rule: Ingest,
  months: readonly Month[],
  parts: readonly (MonthPart | null)[],
  scope: { source: Source; window: { start: number; end: number } },
): SymbolResult {
  const present = parts.filter((part): part is MonthPart => part !== null);
  const absent = months.filter((_, index) => parts[index] === null).map((month) => month.label);
  const findings = present.flatMap((part) => [...part.findings]);
  if (present.length === 0 && rule.dataset === 'ohlcv_15m') {
    throw new AppError('E_NO_DATA', {
      what: `source ${scope.source.id}`,
      symbol,
      start: formatDay(scope.window.start),
      end: formatDay(scope.window.end - 1),
      remedy: `Check the spelling of ${symbol} and the dates; the source begins at ${formatDay(scope.source.earliest)}.`,
    });
  }
  for (const range of ranges(months, absent)) {
    findings.push({
      code: 'ARCHIVE_ABSENT',
      severity: 'warning',
      subject: `${symbol} ${rule.dataset}`,
      message: `the source has no archive for ${range}`,
    });
  }
  return {
    symbol,
    inputs: [],
    outputs: present.map((part) => part.artifact),
    effective: { first: present[0]?.artifact.start ?? null, last: present.at(-1)?.artifact.end ?? null },
    counts: { months: present.length, months_absent: absent.length, rows: present.reduce((sum, part) => sum + (part.artifact.rows ?? 0), 0) },
    findings,
  };
}

function combine(results: readonly SymbolResult[], source: Source, window: { start: number; end: number }): StageResult {
  const effective = {
    source: source.id,
    start: formatDay(Math.max(window.start, source.earliest)),
    end: formatDay(window.end - 1),
    symbols: Object.fromEntries(results.map((result) => [result.symbol, result.effective])),
  };
  return {
    inputs: [],
    outputs: results.flatMap((result) => result.outputs),
    effective,
    counts: { symbols: Object.fromEntries(results.map((result) => [result.symbol, result.counts])) },
    findings: results.flatMap((result) => result.findings),
  };
}

/** `2025-12` or `2025-10 to 2025-12` for each unbroken stretch of absent months. */
function ranges(months: readonly Month[], absent: readonly string[]): string[] {
  const out: string[] = [];
  const labels = months.map((month) => month.label);
  for (let i = 0; i < absent.length; i++) {
    const from = absent[i]!;
    while (i + 1 < absent.length && labels.indexOf(absent[i + 1]!) === labels.indexOf(absent[i]!) + 1) i++;
    out.push(from === absent[i] ? from : `${from} to ${absent[i]}`);
  }
  return out;
}
