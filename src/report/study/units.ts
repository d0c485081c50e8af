import type { OutcomeDocument, StudyDocument } from '../../research/study/document.ts';
import { type NumberOptions, percent, ratio, setting, type Shown, type Value } from '../format.ts';

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
  if (statistic === 'restricted_mean_difference') return { kind: 'plain', words: words('bars') };
  if ('share' in followed) return { kind: 'share', words: words('share of bars') };
  if (priceOutcomes.some((kind) => kind in followed)) return { kind: 'price', words: words('part of the price') };
  return { kind: 'plain', words: words(seriesOf(followed)) };
}

function seriesOf(outcome: OutcomeDocument): string {
  const [body] = Object.values(outcome).filter((value) => typeof value === 'object') as { of?: unknown }[];
  return typeof body?.of === 'string' ? `unit of ${body.of}` : 'unit of its series';
}

/** One side of a comparison. */
export function levelShown({ kind }: EffectUnit, value: Value, options: NumberOptions = {}): Shown {
  return kind === 'plain' ? ratio(value, options) : percent(value, options);
}

/** A difference between two sides, signed. */
export function effectShown({ kind }: EffectUnit, value: Value, options: NumberOptions = {}): Shown {
  const shown = levelShown({ kind, words: '' }, value, { isSigned: true, ...options });
  return kind === 'share' ? { ...shown, text: shown.text.replace('%', ' pp') } : shown;
}

/** A size that a document asks for, as it stands there: 0.05 of a share is `5 pp`. */
export function sizeText({ kind }: EffectUnit, value: number): string {
  const text = setting(Number((kind === 'plain' ? value : 100 * value).toPrecision(9)));
  return kind === 'share' ? `${text} pp` : kind === 'price' ? `${text}%` : text;
}

/** A probability in as few digits as say it: 0.001, 0.0432. */
export function pShown(value: Value, reason = 'not tested'): Shown {
  const shown = ratio(value, { reason });
  return shown.isMissing ? shown : { ...shown, text: String(Number(value!.toPrecision(3))) };
}

/** The unit of an effect on an axis whose numbers are percent where `axisScale` makes them so. */
export function axisUnit({ kind, words }: EffectUnit): string {
  return kind === 'share' ? `percentage points (${words})` : kind === 'price' ? 'percent of the price' : words;
}

/** What an effect is multiplied with for an axis. */
export function axisScale({ kind }: EffectUnit): number {
  return kind === 'plain' ? 1 : 100;
}
