import type { Finding } from '../../core/findings.ts';
import type { ColumnSpec, Table } from '../../core/table.ts';
import { dayMs, type Month } from '../../core/time.ts';
import type { ArchiveDataset } from '../../venues/layouts.ts';
import type { OpenSource, RestDataset, RestResult, Source } from '../../venues/source.ts';
import type { Missing, SourceObject } from './ingestRecord.ts';
import type { StageContext } from './stage.ts';

/** A file or an answer is late, not absent, within this time after the end of its period. */
export const publicationLagMs = 10 * dayMs;

/** Half-open instant range. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Parsed {
  /** Rows in time order, without the column `source`. */
  readonly table: Table;
  readonly findings: readonly Finding[];
}

/** One dataset's way from received bytes to raw rows. */
export interface IngestRule {
  readonly dataset: ArchiveDataset;
  /** Columns of the raw partition, `source` last. */
  readonly columns: readonly ColumnSpec[];
  /** Columns whose values two sources must agree on; none where every row is an event of its own and files never overlap. */
  readonly compared: readonly string[];
  /** What is missing when something is, in the gap table. */
  readonly unit: 'bars' | 'settlements' | 'snapshots' | 'days';
  /** Rows that begin later or end earlier than the window by less than this are no finding. */
  readonly slackMs: number;
  /** Rows of one archive file of the period. @throws E_ARCHIVE, E_CSV, E_DATA_CONFLICT */
  readonly parse: (bytes: Buffer, file: { name: string; symbol: string } & Range) => Parsed | Promise<Parsed>;
  /** Where the REST interface has the dataset: its name there, and the rows of an answer. */
  readonly rest?: { readonly dataset: RestDataset; readonly rowsOf: (result: RestResult, file: { name: string }) => Parsed };
  /** What is missing in the range, of the rows gathered or of the files read. */
  readonly missing: (rows: () => Table, range: Range, objects: readonly SourceObject[]) => Missing[];
  /** Set for data that a run can do without: nothing about them, a refused archive included, ends the run. */
  readonly isOptional?: boolean;
  /** Set for files of hundreds of megabytes: days outside the window are left for a run that asks for them, and few are in memory at a time. */
  readonly isLarge?: boolean;
  /** Last touch on merged rows of a month. */
  readonly finish?: (table: Table) => Table;
  /** Stretches of one archive file that are worth comparing with the REST interface. */
  readonly doubtful?: (table: Table) => Range[];
  readonly partition: (context: StageContext, venue: string, symbol: string, month: Month) => string;
}

/** Everything the months of one ingest share. */
export interface IngestScope {
  readonly context: StageContext;
  readonly rule: IngestRule;
  readonly source: Source;
  readonly open: OpenSource;
  /** Runs a download (and what belongs to it) when one of the parallel places is free. */
  readonly enqueue: <T>(work: () => Promise<T>) => Promise<T>;
  /**
   * Time by the server's clock, asked once: Infinity for a source without a server, null when the server does not
   * tell. The local clock never decides what the data are.
   */
  readonly now: () => Promise<number | null>;
}

/** What a finding about a month is about; bars and funding are told apart by the stage. */
export function subjectOf({ rule }: Pick<IngestScope, 'rule'>, symbol: string, month: Month): string {
  return rule.isOptional === true ? `${symbol} ${rule.dataset} ${month.label}` : `${symbol} ${month.label}`;
}

/** True when the period ended so recently that its file may still come. */
export function isWithinLag(end: number, now: number | null): boolean {
  return now !== null && now - end < publicationLagMs;
}

/** True when the period is over, as far as is known. */
export function hasEnded(end: number, now: number | null): boolean {
  return now === null || end <= now;
}
