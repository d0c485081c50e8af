import type { StudyDocument } from '../../research/study/document.ts';
import type { StudyResult, SurrogateEffects } from '../../research/study/result.ts';
import type { Slice } from '../../research/study/slices.ts';

/** Everything that the pages of a study may show, already computed. */
export interface StudyPageModel {
  readonly runId: string;
  readonly document: StudyDocument;
  readonly result: StudyResult;
  /** The sample plan on the days there are; empty without data. The sealed one was not looked at unless it was opened. */
  readonly slices: readonly (Slice & { readonly isOpen: boolean })[];
  readonly surrogates: readonly SurrogateEffects[];
  /** One sentence: what the program's certificate says of this document. */
  readonly certification: string;
  /** Root of the names of all random streams. */
  readonly seedRoot: string;
  /** Version of this program. */
  readonly version: string;
  readonly inputs: readonly StudyFile[];
  /** Rows and days per symbol; null where a symbol has no bar. */
  readonly ranges: readonly { readonly symbol: string; readonly rows: number; readonly start: string | null; readonly end: string | null }[];
  /** Tables and records beside the pages, by name. */
  readonly files: readonly StudyFile[];
}

/** A file as the manifest records it; rows are null for what is no table. */
export interface StudyFile {
  readonly path: string;
  readonly sha256: string;
  readonly rows: number | null;
}
