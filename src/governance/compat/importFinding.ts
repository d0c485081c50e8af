import type { Severity } from '../../core/findings.ts';

/** Everything that an import may have to say about a file of the reference system. docs/governance.md lists the same. */
export const importCodes = {
  REFERENCE_INVALID: 'the reference system itself would refuse the file',
  STATUS_NOT_CARRIED: 'its status is a word in a file; what is imported starts as DRAFT',
  EVIDENCE_NOT_FOUND: 'a run that it cites is not in this data root',
  EVIDENCE_HASH_LABEL: 'a configuration hash that it cites is a label, not a hash',
  EVIDENCE_NOT_CARRIED: 'its record of evidence is nothing that could be hashed again',
  CONDITION_EX_POST: 'its condition reads what is known after the event only; a causal stand-in took its place',
  CONDITION_UNTESTED: 'its condition was never one of those that were tested',
  CONDITION_UNREADABLE: 'its condition cannot be read, or not at the bar; the draft has no rule',
  EVENT_SCOPE_ASSUMED: 'its condition is taken to hold during its event only',
  EVENT_UNKNOWN: 'its event has no causal definition here; the draft has no rule',
  ACTION_NONE: 'its action does nothing; the draft has no rule and never leaves DRAFT',
  ACTION_UNREADABLE: 'its action is none that the engine executes; the draft has no rule',
  ACTION_UNIT: 'its action names a number without a unit',
  NEVER_EXECUTED: 'the engine that it was made for never acted on it',
  UNIT_PERCENT: 'its drawdown limit is percent; that of portfolios is a fraction under the same name',
  LIMIT_MISSING: 'a limit that it has to state is empty',
  CLAIM_DROPPED: 'a claim that nothing ever read was left out',
  FIELD_UNKNOWN: 'a key that nothing knows was left out',
  FIELD_NOT_ENFORCED: 'a key that the reference system never enforced is enforced here',
  STRATEGY_VARIANT: 'it is another setting of a strategy that other edges trade as well',
  HYPOTHESIS_NONE: 'it names no hypothesis; without one it never becomes a candidate',
  NOT_IMPORTED: 'no document could be made of it',
} as const satisfies Readonly<Record<string, string>>;

export type ImportCode = keyof typeof importCodes;

export interface ImportFinding {
  readonly code: ImportCode;
  readonly severity: Severity;
  /** Dotted path in the file that was imported; empty for the file as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What became of one field. */
export interface FieldFate {
  readonly field: string;
  readonly fate: 'kept' | 'changed' | 'dropped' | 'added';
  readonly note: string;
}

/** A file of the reference system as a document of ours, always a draft. */
export interface Imported<Document> {
  /** What the file calls it; its path where it has no name. */
  readonly name: string;
  /** Null where none could be made. */
  readonly document: Document | null;
  readonly fields: readonly FieldFate[];
  readonly findings: readonly ImportFinding[];
}

/** Collects what an import has to say. */
export class ImportLog {
  readonly fields: FieldFate[] = [];
  readonly findings: ImportFinding[] = [];

  field(field: string, fate: FieldFate['fate'], note: string): void {
    this.fields.push({ field, fate, note });
  }

  find(code: ImportCode, field: string, detail: string, severity: Severity = 'warning'): void {
    this.findings.push({ code, severity, field, message: detail === '' ? importCodes[code] : `${importCodes[code]}: ${detail}` });
  }
}

const hashShape = /^(sha256:)?[0-9a-f]{32,64}$/i;

/** What is to be said about records of evidence, one finding per record and kind. */
export function noteEvidence(log: ImportLog, field: string, records: unknown, hasRun: (runId: string) => boolean): void {
  if (!Array.isArray(records)) return;
  (records as readonly unknown[]).forEach((record, i) => {
    if (typeof record !== 'object' || record === null) return;
    const { run_id: run, config_hash: hash } = record as Record<string, unknown>;
    if (typeof run === 'string' && !hasRun(run)) log.find('EVIDENCE_NOT_FOUND', `${field}.${i}.run_id`, run);
    if (typeof hash === 'string' && !hashShape.test(hash)) log.find('EVIDENCE_HASH_LABEL', `${field}.${i}.config_hash`, hash);
  });
}
