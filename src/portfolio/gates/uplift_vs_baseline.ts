import { daysPerYear } from '../../core/time.ts';
import { blockLength } from '../../stats/bootstrap/blockLength.ts';
import { bootstrapMeanAndSharpe } from '../../stats/bootstrap/meanAndSharpe.ts';
import { stationaryResamples } from '../../stats/bootstrap/resamples.ts';
import { sampleStd } from '../../stats/moments.ts';
import { quantile } from '../../stats/quantile.ts';
import { defineGate, type GateFinding } from './lib/defineGate.ts';

const draws = 2_000;
/** Fewer days say nothing about a mean. */
const fewestDays = 60;
/** A difference this small a year is the same portfolio at another size. */
const same = 1e-9;

export default defineGate({
  id: 'uplift_vs_baseline',
  summary: 'more return than the baseline at the same volatility, over the same days, symbols and costs',
  judge({ pnl, baseline, policy, seed, mode }): GateFinding {
    const common = { threshold: policy.uplift_min, unit: 'return per year', split: 'walk_forward' } as const;
    const [own, other] = [sampleStd(pnl), sampleStd(baseline.pnl)];
    if (pnl.length < fewestDays || own === null || other === null || own === 0)
      return { status: 'inconclusive', observed: null, ...common, why: `${pnl.length} days with too little to compare` };
    if (other === 0) return { status: 'inconclusive', observed: null, ...common, why: `the baseline ${baseline.mode} never held anything` };
    const difference = pnl.map((value, day) => value - (baseline.pnl[day]! * own) / other);
    const scatter = sampleStd(difference) ?? 0;
    if (scatter <= same * own) return { status: 'fail', observed: 0, ...common, why: `${mode} is the baseline ${baseline.mode} at another size` };
    const meanBlock = Math.max(1, blockLength(difference).stationary ?? 1);
    const resamples = stationaryResamples(difference.length, { meanBlock, draws, stream: `seed=${seed}/portfolio-uplift/${mode}/0` });
    const lower = quantile(bootstrapMeanAndSharpe(difference, resamples).means, 0.05)! * daysPerYear;
    const isMore = lower > policy.uplift_min + same;
    return {
      status: isMore ? 'pass' : 'fail',
      observed: lower,
      ...common,
      why: `lower end of the one-sided 95% interval of the mean difference to ${baseline.mode}, scaled to the same volatility`,
    };
  },
});
