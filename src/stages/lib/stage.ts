import { unit } from '../../core/define.ts';
import type { Effects } from '../../core/effects.ts';
import type { Finding } from '../../core/findings.ts';
import type { Feature } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import type { SubjectTrust } from '../../governance/records.ts';
import type { LakePaths } from '../../lake/paths.ts';
import type { TableStore } from '../../lake/tableStore.ts';
import type { Registry } from '../../registry/discover.ts';
import type { RunConfig } from './runConfig.ts';
import type { TrialFacts } from '../../governance/ledger/trials.ts';

/** A file that a stage read or wrote. Paths are relative to the data root; times are the first and last row's. */
export interface Artifact {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number | null;
  readonly start: string | null;
  readonly end: string | null;
}

/** What a stage leaves behind: written last, after every file it names. */
export interface Manifest {
  readonly stage: string;
  readonly run_id: string;
  /** Content key: inputs, parameters and code. Equal key and present outputs mean the stage need not run. */
  readonly key: string;
  readonly status: 'done';
  readonly requested: Readonly<Record<string, unknown>>;
  readonly effective: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly units: readonly { readonly id: string; readonly fingerprint: string }[];
  readonly inputs: readonly Artifact[];
  readonly outputs: readonly Artifact[];
  readonly counts: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

/** How far a stage is, in the unit that its time depends on. */
export interface StageProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'months' | 'bars';
}

/** Everything a stage may touch. The same object is built in the main thread and in a worker. */
export interface StageContext {
  readonly runId: string;
  readonly config: RunConfig;
  readonly paths: LakePaths;
  readonly effects: Effects;
  readonly store: TableStore;
  readonly registry: Registry;
  readonly features: ReadonlyMap<string, Feature>;
  readonly strategies: readonly Strategy[];
  /** Strategies that the run's policy studies act on and those of its portfolio's edges, by id. */
  readonly baselines: ReadonlyMap<string, Strategy>;
  /** Manifests of the stages before this one. */
  readonly upstream: Readonly<Record<string, Manifest>>;
  /** How much had been tried when the run ended; null before that, and for stages other than the report. */
  readonly trials: TrialFacts | null;
  /** Trials of the hypothesis of each policy study besides its own, by its id; none before that stage. */
  readonly priorTrials: Readonly<Record<string, number>>;
  /** What stood behind each subject that the run uses when it began; none where it uses none. */
  readonly trust: SubjectTrust;
  /** Whether what is there may be replaced whatever it holds: `--force`. */
  readonly isForced: boolean;
  readonly archiveUrl: string | null;
  readonly restUrl: string | null;
  /** Ask again for what the lake has: were archives replaced, have holes been filled? */
  readonly refresh: boolean;
  readonly signal: AbortSignal;
  readonly note: (text: string, progress?: StageProgress) => void;
}

/** The part of a result that one symbol contributes; must survive structured cloning. */
export interface SymbolResult {
  readonly symbol: string;
  readonly inputs: readonly Artifact[];
  readonly outputs: readonly Artifact[];
  readonly effective?: Readonly<Record<string, unknown>>;
  readonly counts: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  /** Columns and records that the finishing step needs, for stages that combine symbols. */
  readonly payload?: unknown;
}

export interface StageResult {
  readonly inputs: readonly Artifact[];
  readonly outputs: readonly Artifact[];
  readonly effective: Readonly<Record<string, unknown>>;
  readonly counts: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

export interface StageSpec {
  readonly id: string;
  readonly summary: string;
  /** Stages whose manifests this one reads. */
  readonly after: readonly string[];
  /** Stages that come later in a run although they read nothing of this one. */
  readonly precedes?: readonly string[];
  /** The part of the configuration that this stage's result depends on. */
  readonly parameters: (config: RunConfig, context: StageContext) => Readonly<Record<string, unknown>>;
  /** Units whose code the result depends on, besides the stage's own file: `kind/id`. */
  readonly units?: (context: StageContext) => readonly string[];
  /** Files outside the run that the result depends on: they are part of the content key and of the recorded inputs. */
  readonly externals?: (context: StageContext) => Promise<readonly Artifact[]>;
  /** True when the stage asks the run's source; `--refresh` runs it again. */
  readonly readsSource?: boolean;
  /** False when nothing of the run asks for the stage. */
  readonly isWanted?: (config: RunConfig) => boolean;
  /** Independent work per symbol, in this thread or in a worker. */
  readonly perSymbol?: (context: StageContext, symbol: string) => Promise<SymbolResult>;
  /** Combines the symbols' results (in symbol order) or does all the work of a stage without symbols. */
  readonly finish?: (context: StageContext, symbols: readonly SymbolResult[]) => Promise<StageResult>;
}

export const defineStage = (spec: StageSpec) => unit('stage', spec);
export type Stage = ReturnType<typeof defineStage>;

/** One symbol's results gathered under their symbol: the default finishing step. */
export function gather(symbols: readonly SymbolResult[]): StageResult {
  return {
    inputs: symbols.flatMap((result) => result.inputs),
    outputs: symbols.flatMap((result) => result.outputs),
    effective: { symbols: Object.fromEntries(symbols.map((result) => [result.symbol, result.effective ?? {}])) },
    counts: { symbols: Object.fromEntries(symbols.map((result) => [result.symbol, result.counts])) },
    findings: symbols.flatMap((result) => result.findings),
  };
}
