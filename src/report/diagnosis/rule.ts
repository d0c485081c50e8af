import type { Severity } from '../../core/findings.ts';
import type { Shown } from '../format.ts';
import type { ReportModel } from '../model.ts';

/** Something that limits what the numbers support: a claim, what it rests on and what to do about it. */
export interface Caution {
  /** Stable upper-case id; docs/findings.md has the list. */
  readonly code: string;
  readonly severity: Severity;
  /** Whether it comes from the result or from the data behind it. */
  readonly topic: 'result' | 'data';
  /** The claim in a sentence, with its numbers. */
  readonly text: string;
  readonly evidence: readonly Evidence[];
  /** What to do before believing the result. */
  readonly advice: string;
  /** Where the numbers come from: names for `source`; none when they are settings of the run. */
  readonly files: readonly string[];
  /** Stages in whose manifests it stands, for findings. */
  readonly stages?: readonly string[];
}

export interface Evidence {
  readonly label: string;
  readonly value: Shown | string;
}

/** Pure: what one question finds in a run; null, or nothing, when there is nothing to say. */
export type Rule = (model: ReportModel) => Caution | readonly Caution[] | null;

export const metricsFile = ['metrics.json'] as const;
export const tradeFiles = ['trades_*.csv'] as const;
export const bookFile = ['portfolio_returns.parquet'] as const;
/** For what follows from the settings of the run alone. */
export const noFiles = [] as const;
