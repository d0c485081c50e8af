import { dayMs, daysPerYear, parseDay } from '../../core/time.ts';
import { expectedMaximum } from '../../stats/expectedMaximum.ts';
import { benjaminiHochberg } from '../../stats/multiple/adjust.ts';
import { normalCdf } from '../../stats/normal.ts';
import { trialSharpeVariance } from '../../stats/trials.ts';
import type { TrialsBody } from '../ledger/entry.ts';
import { familyCount, familyTrials, sharpeMetric } from '../lifecycle/families.ts';
import type { GovernanceState } from '../lifecycle/state.ts';
import type { Evidence } from '../records.ts';

/** Numbers that a result has only together with everything else that was tried. */
export interface LedgerMetrics {
  /** Results that this one may have been chosen from. */
  readonly trials: number;
  /** One-sided p-value of the result alone; null where its Sharpe ratio is undefined. */
  readonly p: number | null;
  /** Benjamini-Hochberg q-value among all trials of the family; a trial without a figure counts as one that shows nothing. */
  readonly fdr_q: number | null;
  /** Probability that its Sharpe ratio exceeds the best that as many worthless trials would show. */
  readonly deflated_sharpe_probability: number | null;
}

/**
 * A piece of evidence against all trials of its family. An edge is judged by its daily Sharpe ratio and the error of it; an overlay by the
 * difference that it makes and its interval. Where the ledger has fewer than two Sharpe ratios to compare with, each worthless trial is
 * taken to vary by the error of the evidence itself.
 *
 * @param hypothesis whose family is counted
 * @formula DSR = Phi((x - sqrt(V) expectedMaximum(N)) / se), p = Phi(-x / se)
 * @source Bailey & Lopez de Prado 2014; Benjamini & Hochberg 1995; governance specification 17.6
 */
export function ledgerMetrics(state: GovernanceState, hypothesis: string, evidence: Evidence): LedgerMetrics {
  const count = familyCount(state, hypothesis);
  const trials = Math.max(1, count.trials);
  const measured = measuredBy(evidence);
  if (measured === null) return { trials, p: null, fdr_q: null, deflated_sharpe_probability: null };
  const { value, error, isSharpe } = measured;
  const p = normalCdf(-value / error);
  const variance = (isSharpe ? trialSharpeVariance(count.values) : null) ?? error * error;
  const best = expectedMaximum(trials)!;
  return {
    trials,
    p,
    fdr_q: falseDiscovery(state, hypothesis, { p, own: new Set(evidence.facts.trials) }),
    deflated_sharpe_probability: normalCdf((value - Math.sqrt(variance) * best) / error),
  };
}

/** Half the width of a 95 % interval in standard errors. */
const z975 = 1.959963984540054;

function measuredBy(evidence: Evidence): { value: number; error: number; isSharpe: boolean } | null {
  const isSharpe = evidence.subject.kind !== 'overlay';
  const ratio = isSharpe ? valueOf(evidence, 'sharpe_daily_annualized') : null;
  const ratioError = isSharpe ? valueOf(evidence, 'sharpe_daily_standard_error') : null;
  if (ratio !== null && ratioError !== null && ratioError > 0)
    return { value: ratio / Math.sqrt(daysPerYear), error: ratioError / Math.sqrt(daysPerYear), isSharpe };
  if (isSharpe) return null;
  const [value, low, high] = [valueOf(evidence, 'net_effect'), valueOf(evidence, 'net_effect_lower95'), valueOf(evidence, 'net_effect_upper95')];
  if (value === null || low === null || high === null || high <= low) return null;
  return { value, error: (high - low) / (2 * z975), isSharpe };
}

function falseDiscovery(state: GovernanceState, hypothesis: string, { p, own }: { p: number; own: ReadonlySet<string> }): number {
  const others = new Map<string, TrialsBody>();
  for (const { body } of familyTrials(state, hypothesis)) if (!own.has(body.digest)) others.set(body.digest, body);
  const family = [p];
  for (const body of others.values()) {
    family.push(trialP(body) ?? 1);
    for (let more = 1; more < body.trials; more++) family.push(1);
  }
  return benjaminiHochberg(family)[0]!;
}

/** One-sided p-value of a recorded trial; null where the ledger has no figure that gives one. */
export function trialP({ result, window }: TrialsBody): number | null {
  if (result.value === null) return null;
  if (result.metric === 'p' || result.metric === 'p_adjusted') return result.value >= 0 && result.value <= 1 ? result.value : null;
  if (result.metric !== sharpeMetric) return null;
  const [start, end] = [parseDay(window.start), parseDay(window.end)];
  return start === null || end === null ? null : normalCdf(-result.value * Math.sqrt((end - start) / dayMs + 1));
}

/** A number of a piece of evidence by its name; null when it has none. */
export function valueOf(evidence: Evidence, metric: string): number | null {
  const value = evidence.metrics.find((pointer) => pointer.metric === metric)?.value ?? null;
  return value !== null && Number.isFinite(value) ? value : null;
}
