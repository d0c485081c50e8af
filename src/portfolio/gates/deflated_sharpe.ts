import { sharpeReport } from '../../stats/sharpeReport.ts';
import { atLeast, defineGate } from './lib/defineGate.ts';

export default defineGate({
  id: 'deflated_sharpe',
  summary: 'a Sharpe ratio that the best of as many worthless trials would not show',
  judge({ pnl, trials, policy }) {
    const tried = trials === null ? null : { trials: trials.count, trialSharpeVariance: trials.sharpeVariance, effectiveTrials: null };
    const { dsr } = sharpeReport(pnl, { tried }).deflated;
    return atLeast(dsr, policy.deflated_sharpe_min, {
      unit: 'probability',
      split: 'walk_forward',
      why: `deflated by ${trials?.count ?? 0} trials in the ledger`,
      whyNot: trials === null ? 'no trials have been counted' : 'the ratio or the spread of the trials is not defined',
    });
  },
});
