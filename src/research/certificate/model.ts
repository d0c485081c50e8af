import { clopperPearson, mostHitsAllowed } from '../../stats/calibration/binomial.ts';

/** What the whole route from study to promotion does on markets without an edge, and on markets with a planted one. */
export interface Certificate {
  /** Share of markets without an edge that may be approved at most. */
  readonly alpha: number;
  /** Version of this program, and of the Node that ran it: random streams and arithmetic are fixed for both. */
  readonly version: string;
  readonly node: string;
  /** The command that makes it. */
  readonly command: string;
  /** Root of all random streams. */
  readonly seed: number;
  readonly size: CertificateSize;
  /** The shape of every market. */
  readonly markets: {
    readonly symbols: readonly string[];
    /** `YYYY-MM-DD`, last day included. */
    readonly start: string;
    readonly end: string;
    /** Standard deviation of a 15-minute log return. */
    readonly volatility: number;
  };
  readonly generators: readonly { readonly id: string; readonly summary: string }[];
  readonly studies: readonly CertifiedSubject[];
  /** The route to the end: a policy that is promoted counts as approved. */
  readonly policies: readonly CertifiedSubject[];
  /** What was asked for and cannot be certified. */
  readonly uncertified: readonly UncertifiedSubject[];
}

/** How many markets a campaign makes. */
export interface CertificateSize {
  /** Of every kind, whose effects verdicts are held against. */
  readonly paths: number;
  /** Of every kind, without an edge, that get a verdict. */
  readonly nulls: number;
  /** Of every kind, the first of those, that the reference system's gates see as well. */
  readonly references: number;
  /** For every planted size. */
  readonly planted: number;
}

/** A study or a policy that markets without an edge cannot be made for. */
export interface UncertifiedSubject {
  readonly kind: 'study' | 'policy';
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  /** In words, after `not certified: `. */
  readonly reason: string;
}

/** A study or a policy, and how it answered. */
export interface CertifiedSubject {
  readonly id: string;
  readonly version: number;
  /** Digest of its document. */
  readonly digest: string;
  /** One per generator. */
  readonly falseApprovals: readonly FalseApprovals[];
  /** The reference system's own gates on the same markets; empty where it has none. */
  readonly reference: readonly FalseApprovals[];
  /** Null where nothing was planted. */
  readonly power: PowerCurve | null;
}

/** How often a market without an edge was approved. */
export interface FalseApprovals {
  readonly generator: string;
  /** Markets tried. */
  readonly n: number;
  readonly approved: number;
  /** Markets on which it could not be told: neither an approval nor a refusal. */
  readonly inconclusive: number;
  /** Of the rate of approvals, exact, 95%. */
  readonly interval: { readonly low: number; readonly high: number };
}

/** How often a planted effect was found, by its size. */
export interface PowerCurve {
  /** Kind of market that the effect was planted in. */
  readonly generator: string;
  /** What a size measures, for an axis: `drift over the window` or `larger returns, factor minus 1`. */
  readonly planted: string;
  /** The unit of the points' effects. */
  readonly unit: string;
  /** The smallest effect that would matter, as the document states it, in that unit. */
  readonly smallest: number;
  /** In ascending size. */
  readonly points: readonly PowerPoint[];
}

export interface PowerPoint {
  readonly size: number;
  /** What it is worth per trade, basis points of the notional; null where it is no return. */
  readonly bps: number | null;
  /** Mean of the primary effect that was measured on these markets; null where there was none. */
  readonly effect: number | null;
  readonly n: number;
  readonly found: number;
  /** Markets on which it could not be told. */
  readonly inconclusive: number;
}

/** A count of approvals with its exact interval. */
export function falseApprovalsOf(
  generator: string,
  counts: { readonly n: number; readonly approved: number; readonly inconclusive: number },
): FalseApprovals {
  const { low, high } = clopperPearson(counts.approved, counts.n, 0.05);
  return { generator, ...counts, interval: { low, high } };
}

/** The smallest size from which on every planted effect was found in the wanted share of markets; null where none was. */
export function smallestDetectable({ points }: PowerCurve, share = 0.8): PowerPoint | null {
  const isFound = ({ n, found }: PowerPoint) => n > 0 && found / n >= share;
  const missed = points.findLastIndex((point) => !isFound(point));
  return points[missed + 1] ?? null;
}

/** One judged cell: a study or policy on one kind of market. */
export interface JudgedCell {
  readonly kind: 'study' | 'policy';
  readonly id: string;
  readonly counts: FalseApprovals;
  /** The most approvals that one of all these cells may show while every rate is alpha. */
  readonly bound: number;
  readonly isWithin: boolean;
}

/**
 * Every cell against one family-wise bound: if each approved at most a share alpha, no cell would exceed its bound in 95% of campaigns.
 *
 * @source overview 6.32; statistics specification 16
 */
export function judgedCells({ alpha, studies, policies }: Pick<Certificate, 'alpha' | 'studies' | 'policies'>): JudgedCell[] {
  const all = [
    ...studies.map((subject) => ({ kind: 'study' as const, subject })),
    ...policies.map((subject) => ({ kind: 'policy' as const, subject })),
  ];
  const cells = all.flatMap(({ kind, subject }) => subject.falseApprovals.map((counts) => ({ kind, id: subject.id, counts })));
  return cells.map((cell) => {
    const bound = mostHitsAllowed(cell.counts.n, { rate: alpha, cells: cells.length, alpha: 0.05 });
    return { ...cell, bound, isWithin: cell.counts.approved <= bound };
  });
}
