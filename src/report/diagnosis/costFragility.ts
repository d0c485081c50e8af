import { percent, ratio, setting } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { type Caution, metricsFile, type Rule } from './rule.ts';

/** A result that is gone at less than so many times the cost charged hangs on the cost assumption. */
const fragile = 2;

/** How far the charged cost is from the one at which the result is zero. */
export const costFragility: Rule = (model) => {
  const { metrics, setup } = model;
  const cost = -metrics.cost_return;
  const beforeCosts = metrics.net_total_return + cost;
  if (metrics.total_trades === 0 || !(beforeCosts > 0)) return null;
  if (!(cost > 0)) return free(model);
  const times = beforeCosts / cost;
  if (times >= fragile) return null;
  const breakEven = ratio(times * setup.costBps).text;
  const charged = setting(setup.costBps);
  const text =
    times < 1
      ? `Before costs the result is ${percent(beforeCosts).text}; costs take more than that: it would be zero at ${breakEven} bps per unit of turnover, below the ${charged} bps charged.`
      : `The result is gone at a cost of ${breakEven} bps per unit of turnover, ${ratio(times).text} times the ${charged} bps charged.`;
  return {
    code: 'COST_FRAGILE',
    severity: 'warning',
    topic: 'result',
    text,
    evidence: [
      { label: 'Before costs', value: percent(beforeCosts) },
      { label: `At ${charged} bps`, value: percent(metrics.net_total_return) },
      { label: 'At twice the cost', value: percent(metrics.net_total_return - cost) },
      { label: 'At three times', value: percent(metrics.net_total_return - 2 * cost) },
      { label: 'Break-even, bps', value: ratio(times * setup.costBps) },
    ],
    advice: 'Find out what a fill really costs at this size (fee tier, spread, impact) before anything else; or trade less often.',
    files: metricsFile,
  };
};

function free({ metrics, fees, setup }: ReportModel): Caution | null {
  if (setup.costBps > 0) return null;
  const dear = fees.at(-1);
  return {
    code: 'COST_FREE',
    severity: 'warning',
    topic: 'result',
    text: 'The run charges no cost at all: the result is not one that could be traded.',
    evidence: [
      { label: 'At no cost', value: percent(metrics.net_total_return) },
      ...(dear === undefined ? [] : [{ label: `At ${setting(dear.costBps)} bps`, value: percent(dear.netReturn) }]),
    ],
    advice: 'Run again with the fees and the slippage that you would pay.',
    files: ['fee_sensitivity.json'],
  };
}
