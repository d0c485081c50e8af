import type { EffectUnit } from '../../research/study/effectUnit.ts';
import { type NumberOptions, percent, ratio, setting, type Shown, type Value } from '../format.ts';

export { type EffectUnit, unitOf } from '../../research/study/effectUnit.ts';

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
