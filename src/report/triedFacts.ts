import { daysPerYear } from '../core/time.ts';
import { sharpeReport } from '../stats/sharpeReport.ts';
import { bookDays } from './bookDays.ts';
import { count, percent, plural, ratio, type Shown } from './format.ts';
import type { ReportModel } from './model.ts';

/** One number on how far to believe the book's Sharpe ratio, with what it means. */
export interface TriedFact {
  readonly label: string;
  readonly shown: Shown;
  readonly meaning: string;
}

/** Confidence at which a record counts as long enough. */
const confidence = 0.95;

/** The Sharpe ratio of the book's days against what was tried; all undefined parts carry their reason. */
export function triedFacts(model: ReportModel): TriedFact[] {
  const { trials } = model;
  const tried = trials === null ? null : { trials: trials.trials, trialSharpeVariance: trials.sharpeVariance, effectiveTrials: null };
  const report = sharpeReport(bookDays(model.book).returns, { confidence, tried });
  const yearly = (value: number | null) => (value === null ? null : value * Math.sqrt(daysPerYear));
  const error = (value: number | null): Shown => ratio(yearly(value), { decimals: 2, reason: 'too few days, or days without variance' });
  const { standardError } = report;
  return [
    { label: 'Trials counted', shown: count(trials?.trials ?? null, { reason: 'nothing was counted' }), meaning: familyOf(model) },
    {
      label: 'Sharpe ratio, daily',
      shown: ratio(report.annualized, { decimals: 2, reason: 'too few days, or days without variance' }),
      meaning: `Of ${plural(report.n, 'whole UTC day')}, per year.`,
    },
    {
      label: 'Standard error, normal days',
      shown: error(standardError.iidNormal),
      meaning: 'As if days were independent and normal; per year, as those below.',
    },
    { label: 'Standard error, shaped days', shown: error(standardError.nonNormal), meaning: 'With the skewness and the tails that the days have.' },
    {
      label: 'Standard error, dependent days',
      shown: error(standardError.autocorrelated),
      meaning: `With the autocorrelation of ${plural(standardError.lags, 'day')} as well.`,
    },
    {
      label: 'Probabilistic Sharpe ratio',
      shown: percent(report.psr, { reason: 'too few days, or days without variance' }),
      meaning: 'Probability that the true ratio is above zero, had nothing else been tried.',
    },
    {
      label: 'Minimum track record, days',
      shown: count(report.minTrackRecord.observations === null ? null : Math.ceil(report.minTrackRecord.observations), {
        reason: 'the ratio is not above zero: no record is long enough',
      }),
      meaning: `Days of this kind until that probability is ${percent(confidence, { decimals: 0 }).text}.`,
    },
    {
      label: 'Best of the trials by luck',
      shown: ratio(yearly(report.deflated.sharpeThreshold), { decimals: 2, reason: notDeflated(model) }),
      meaning: 'Sharpe ratio per year that the best of as many worthless trials is expected to show.',
    },
    {
      label: 'Deflated Sharpe ratio',
      shown: percent(report.deflated.dsr, { reason: notDeflated(model) }),
      meaning: 'Probability that the true ratio is above that: what is left after the trials.',
    },
  ];
}

/** The sentence that goes with the numbers. */
export function triedSentence({ trials, setup }: ReportModel): string {
  const counted =
    trials === null
      ? 'Nothing was counted, so nothing is deflated'
      : `The ledger of this data root counts ${plural(trials.trials, 'trial')} of the family ${trials.hypothesis}, this run included`;
  const limits = 'trials before the ledger began, and those made elsewhere, are not counted';
  const standing = setup.accounting.isEvidence ? '' : ` The accounting ${setup.accounting.id} is a first look: none of these numbers is evidence.`;
  return `${counted}; ${limits}.${standing}`;
}

function familyOf({ trials }: ReportModel): string {
  return trials === null
    ? 'Results that could have been chosen from.'
    : `Results that could have been chosen from, in the family ${trials.hypothesis}; the same thing again counts once.`;
}

function notDeflated({ trials }: ReportModel): string {
  if (trials === null) return 'no trial count, no deflation';
  if (trials.trials > 1 && trials.sharpeVariance === null) return 'fewer than two of the trials have a Sharpe ratio, so their spread is not known';
  return 'too few days, or days without variance';
}
