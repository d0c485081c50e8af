import type { PolicyDocument } from '../../research/policy/document.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import type { SurrogateEffects, Verdict } from '../../research/study/result.ts';
import { generators } from '../../research/surrogate/generators.ts';
import type { MarketShape } from '../../research/surrogate/market.ts';

/** Id of the generator that shuffles the run's own bars. */
export const shuffledId = 'shuffled_bars';

/** Every kind of market, with how it is made. */
export const marketKinds: readonly { readonly id: string; readonly summary: string }[] = [
  ...generators.map(({ id, summary }) => ({ id, summary })),
  { id: shuffledId, summary: 'the run’s own bars, each two hours from a random other day at the same time, all symbols and funding together' },
];
export const generatorIds: readonly string[] = marketKinds.map(({ id }) => id);

/** Everything that surrogate markets are made of and asked; plain data, so that a worker can be handed it. */
export interface SurrogatePlan {
  readonly studies: readonly StudyDocument[];
  /** Their parents are among the studies. */
  readonly policies: readonly PolicyDocument[];
  readonly shape: MarketShape;
  /** The run's frames, for shuffled bars: bar fields and funding only. */
  readonly frames: readonly StudyFrame[];
  /** Distributions of primary effects that verdicts are held against, by study. */
  readonly against: Readonly<Record<string, readonly SurrogateEffects[]>>;
}

/** What is asked about a market. */
export type SurrogateAsk =
  /** The primary effect of a study. */
  | { readonly kind: 'effect'; readonly id: string }
  /** The verdict of a study against the plan's distributions; `plant` is the size of an effect planted after its events, 0 for none. */
  | { readonly kind: 'study'; readonly id: string; readonly plant: number }
  /** The whole route: parent study, then policy study. */
  | { readonly kind: 'policy'; readonly id: string; readonly plant: number }
  /** Whether the reference system's own gates approve. */
  | { readonly kind: 'reference'; readonly id: string };

/** One market and everything that is asked about it, so that it is made once. */
export interface SurrogateJob {
  readonly generator: string;
  /** Root of the market's random streams. */
  readonly seed: number;
  readonly replicate: number;
  readonly asks: readonly SurrogateAsk[];
}

/** Null: there was no effect, or nothing could be told. */
export interface SurrogateAnswer {
  readonly effect: number | null;
  /** `pass` is an approval. */
  readonly verdict: Verdict | null;
}
