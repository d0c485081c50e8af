import type { PolicyResult } from '../../research/policy/result.ts';
import { plural, ratio, words } from '../format.ts';
import { pShown } from '../study/units.ts';

/** `vol_shock.delay_8` in words: `vol shock, delay 8`. */
export function cellName(cell: string): string {
  return cell.split('.').map(words).join(', ');
}

/** What came out, in a few words. */
export function policyHeadline({ promoted, missing, verdict }: Pick<PolicyResult, 'promoted' | 'missing' | 'verdict'>): string {
  if (promoted.length > 0) return `Promoted: ${promoted.map(cellName).join('; ')}`;
  if (missing.length > 0) return 'Nothing was tried';
  return verdict === 'fail' ? 'No policy is better than a throttle that knows nothing' : 'The data do not say whether a policy is better';
}

/** How much was tried and what stands out, in sentences with the numbers. */
export function policySentences({ missing, family, cells }: Pick<PolicyResult, 'missing' | 'family' | 'cells'>): string {
  if (missing.length > 0) return `${missing.join('; ')}. Nothing counts as a trial.`;
  const development = cells.filter(({ slice }) => slice === 'development');
  const p = development.flatMap(({ p_adjusted: adjusted }) => (adjusted === null ? [] : [adjusted]));
  const paying = development.filter(({ ci_low_bps: low }) => low !== null && low > 0).length;
  const best =
    p.length === 0
      ? 'None could be held against random throttles'
      : `The smallest p against random throttles, adjusted for all of them, is ${pShown(Math.min(...p)).text}`;
  const spa = family.spa_p === null ? '' : `; that the best is better than the baseline after costs has p ${pShown(family.spa_p).text}`;
  return (
    `${plural(family.cells, 'cell')}, ${family.distinct} of them with positions of their own, beside ${plural(family.prior, 'other trial')} of the same hypothesis` +
    `${family.effective_trials === null ? '' : ` (${ratio(family.effective_trials).text} effective)`}. ${best}${spa}. ` +
    `${paying} of ${development.length} are better than the baseline after costs with an interval above zero, which trading less alone can give.`
  );
}
