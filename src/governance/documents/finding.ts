import type { Severity } from '../../core/findings.ts';
import { type SpecCode, specCodes } from './codes.ts';

/** Kinds of governance documents, by the folder that they lie in. */
export const specKinds = ['overlays', 'edges', 'hypotheses', 'experiments', 'policies'] as const;
export type SpecKind = (typeof specKinds)[number];

/** Something about a document that its author should know. An error keeps the document from being used. */
export interface SpecFinding {
  readonly code: SpecCode;
  readonly severity: Severity;
  readonly file: string;
  /** Dotted path of the value, empty for the document as a whole. */
  readonly path: string;
  /** Where the value stands, counting from 1; null where that is not known. */
  readonly line: number | null;
  readonly message: string;
  readonly remedy: string;
}

/** What is wrong, before it is known in which file and line. */
export interface Problem {
  readonly code: SpecCode;
  readonly path: string;
  readonly message: string;
  readonly severity?: Severity;
}

/** A document as it was read: values or nothing, and where keys stand. */
export interface SpecSource {
  readonly file: string;
  /** Lines of keys and items by dotted path. */
  readonly lines: ReadonlyMap<string, number>;
}

/** A problem at its place: the line of the value, or of the innermost thing around it that has one. */
export function findingOf({ file, lines }: SpecSource, { code, path, message, severity = 'error' }: Problem): SpecFinding {
  return { code, severity, file, path, line: lineOf(lines, path), message, remedy: specCodes[code] };
}

function lineOf(lines: ReadonlyMap<string, number>, path: string): number | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return null;
}

/** In the order of files, then lines, then codes. */
export function sortSpecFindings(findings: readonly SpecFinding[]): SpecFinding[] {
  const key = ({ file, line, path, code, message }: SpecFinding) => `${file}\0${String(line ?? 0).padStart(9, '0')}\0${path}\0${code}\0${message}`;
  return findings.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Whether a document with these findings may be used. */
export function isRefused(findings: readonly SpecFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
