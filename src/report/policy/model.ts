import type { PolicyDocument } from '../../research/policy/document.ts';
import type { PolicyResult } from '../../research/policy/result.ts';
import type { StudyFile } from '../study/model.ts';

/** Everything that the page of a policy study may show, already computed. */
export interface PolicyPageModel {
  readonly runId: string;
  readonly document: PolicyDocument;
  readonly result: PolicyResult;
  /** One sentence: what the program's certificate says of this document. */
  readonly certification: string;
  /** Root of the names of all random streams. */
  readonly seedRoot: string;
  /** Tables, records and drafts beside the page, by path relative to it. */
  readonly files: readonly StudyFile[];
}
