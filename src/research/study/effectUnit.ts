import type { OutcomeDocument, StudyDocument } from './document.ts';

/** What an estimand is measured in, and how it is printed. */
export interface EffectUnit {
  /** A share prints as percent and its differences as percentage points, a part of the price as percent, the rest as it is. */
  readonly kind: 'share' | 'price' | 'plain';
  readonly words: string;
}

const priceOutcomes = ['range', 'forward_return', 'adverse_excursion', 'favorable_excursion'] as const;

/** The unit of an estimand: what its document says, or what follows from its outcome and statistic. */
export function unitOf(document: StudyDocument, estimand: string): EffectUnit {
  const { outcome, statistic, unit } = document.estimands[estimand]!;
  const followed = document.outcomes[outcome]!;
  const words = (own: string) => (unit === '' ? own : unit);
  if (statistic === 'risk_difference') return { kind: 'share', words: words('share of moments') };
  const row = document.clock === '1s' ? 'seconds' : 'bars';
  if (statistic === 'restricted_mean_difference') return { kind: 'plain', words: words(row) };
  if ('share' in followed) return { kind: 'share', words: words(`share of ${row}`) };
  if (priceOutcomes.some((kind) => kind in followed)) return { kind: 'price', words: words('part of the price') };
  return { kind: 'plain', words: words(seriesOf(followed)) };
}

function seriesOf(outcome: OutcomeDocument): string {
  const [body] = Object.values(outcome).filter((value) => typeof value === 'object') as { of?: unknown }[];
  return typeof body?.of === 'string' ? `unit of ${body.of}` : 'unit of its series';
}
