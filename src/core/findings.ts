/** Data-quality and contract problems as values: collected all at once, stored in manifests, shown in reports. */

export type Severity = 'info' | 'warning' | 'error';

export interface Finding {
  /** Stable upper-case id, for example BAR_GAP. */
  readonly code: string;
  readonly severity: Severity;
  /** What the finding is about: a symbol, a path, a configuration key. */
  readonly subject: string;
  readonly message: string;
  /** Inclusive UTC range in epoch ms, where the finding concerns a stretch of time. */
  readonly range?: { readonly from: number; readonly to: number };
  readonly observed?: number | string | null;
  readonly allowed?: number | string | null;
}

/** The most severe first, then by code and subject, so that lists read and hash the same everywhere. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
  const key = (f: Finding) => `${rank[f.severity]} ${f.code} ${f.subject} ${String(f.range?.from ?? 0).padStart(16, '0')} ${f.message}`;
  return [...findings].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
