import type { Effects } from '../../core/effects.ts';
import type { Finding } from '../../core/findings.ts';
import { type DuckDb, openDuckDb } from '../../lake/duckdb.ts';
import { type LakePaths, lakePaths } from '../../lake/paths.ts';
import { checkFile, type FileProblem, type RecordedFile } from '../../lake/verifyFiles.ts';
import type { Registry } from '../../registry/discover.ts';
import { openRunRegistry } from './runRegistry.ts';
import { type FoundProvenance, readProvenance } from './provenance.ts';

export interface AuditOptions {
  readonly effects: Effects;
  readonly dataRoot: string;
  readonly plugins: readonly string[];
  /** Decode every value of every table, raw ones included, instead of times and footers of derived ones. */
  readonly isDeep: boolean;
  readonly signal: AbortSignal;
}

/** What the checks of one `verify` share: each file is hashed once, however many runs name it. */
export interface AuditTools extends AuditOptions {
  readonly paths: LakePaths;
  readonly registry: Registry;
  readonly provenance: readonly FoundProvenance[];
  /** SHA-256 of every raw partition that a provenance record names, by path. */
  readonly rawHashes: ReadonlyMap<string, string>;
  /** Where superseded raw partitions are kept, by SHA-256. */
  readonly superseded: ReadonlyMap<string, string>;
  /** Compares a file with its record, remembering the answer. */
  check(recorded: RecordedFile): Promise<FileProblem | null>;
  /** Files hashed so far and their bytes. */
  totals(): { files: number; bytes: number };
  db(): Promise<DuckDb>;
  close(): Promise<void>;
}

export async function openAudit(options: AuditOptions): Promise<AuditTools> {
  const paths = lakePaths(options.dataRoot);
  const { files } = options.effects;
  const known = new Map<string, Promise<FileProblem | null>>();
  const totals = { files: 0, bytes: 0 };
  let db: Promise<DuckDb> | null = null;
  const provenance: FoundProvenance[] = [];
  for await (const found of readProvenance(files, paths.root)) provenance.push(found);
  return {
    ...options,
    paths,
    registry: openRunRegistry(options.dataRoot, options.plugins, options.effects),
    provenance,
    rawHashes: new Map(provenance.flatMap(({ partition }) => (partition === null ? [] : [[partition.path, partition.sha256]]))),
    superseded: new Map(
      provenance.flatMap(({ objects }) => objects.filter(({ path }) => path.endsWith('.parquet')).map((kept) => [kept.sha256, kept.path])),
    ),
    check(recorded) {
      const key = `${recorded.sha256} ${recorded.bytes ?? ''} ${recorded.path}`;
      const answer = known.get(key) ?? checkFile(files, paths.root, recorded);
      if (!known.has(key)) {
        totals.files += 1;
        totals.bytes += recorded.bytes ?? 0;
      }
      known.set(key, answer);
      return answer;
    },
    totals: () => ({ ...totals }),
    db: () => (db ??= openDuckDb({ allowedFolders: [paths.root] })),
    close: async () => {
      if (db !== null) await (await db).close();
    },
  };
}

/** An error about one file or run. */
export function fault(code: string, subject: string, message: string, values: Pick<Finding, 'observed' | 'allowed'> = {}): Finding {
  return { code, severity: 'error', subject, message, ...values };
}

/** Something worth saying that is no failure. */
export function remark(code: string, subject: string, message: string, values: Pick<Finding, 'observed' | 'allowed'> = {}): Finding {
  return { code, severity: 'info', subject, message, ...values };
}

/** A file that is not what its record says. */
export function fileFault(path: string, problem: FileProblem): Finding {
  const code = { missing: 'FILE_MISSING', size: 'FILE_CHANGED', content: 'FILE_CHANGED' }[problem.kind];
  return fault(code, path, problem.message, { observed: problem.observed, allowed: problem.allowed });
}
