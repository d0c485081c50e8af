import { defineStrategy, integer, number } from '@perp/backtest';

export default defineStrategy({
  id: 'range_fade',
  summary: 'Buys near the bottom and sells near the top of the last day’s range, back to its middle.',
  params: {
    edge: number(0.05, { min: 0, max: 0.5, help: 'How near to the edge an entry is, as a share of the range.' }),
    hold_bars: integer(32, { min: 1, max: 960, help: 'Leave after this many bars.' }),
  },
  intent: ({ column, param }) => {
    const place = column('range_place_96');
    return {
      kind: 'bracket',
      entry: { long: place.le(param.edge), short: place.ge(param.edge.negated().plus(1)) },
      exitWhen: [{ reason: 'middle', long: place.ge(0.5), short: place.le(0.5) }],
      maxHoldBars: param.hold_bars,
      limits: { cooldownBars: 4 },
    };
  },
});
