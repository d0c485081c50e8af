import { atLeast, defineGate } from './lib/defineGate.ts';

export default defineGate({
  id: 'friction_floor',
  summary: 'still profitable when the run is simulated again at twice the cost',
  judge({ stress, mode, metrics, policy }) {
    const cell = stress.find((row) => row.mode === mode && row.cell === 'cost_x2');
    const isTraded = metrics.cost > 0;
    return atLeast(cell !== undefined && isTraded ? cell.net_total_return : null, policy.friction_net_return_min, {
      unit: 'fraction of capital',
      split: 'walk_forward',
      why: 'net return of the same decisions at twice the cost',
      whyNot: isTraded ? 'the stress grid has no such cell' : 'nothing was traded',
    });
  },
});
