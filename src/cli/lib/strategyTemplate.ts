/**
 * Source of a new strategy that runs as it is, to be edited: buys breakouts in quiet markets.
 *
 * @param columns names of everything a strategy may read, for the comment at the top
 */
export function strategyTemplate(id: string, columns: readonly string[]): string {
  return `import { defineStrategy, integer, number } from '@perp/backtest';

${comment(`Columns: ${columns.join(' ')}.`)}
// column('x') is this bar's value, column('x').lag(3) that of three bars ago. A bar is read at its close.
// Numbers:    plus minus times over min max abs negated       Conditions: gt ge lt le, then and or not

export default defineStrategy({
  id: '${id}',
  summary: 'Buys the first close above the last day’s high while volatility is low.',
  params: {
    rank_max: number(20, { min: 0, max: 100, help: 'Highest volatility rank (0-100) at which an entry is possible.' }),
    hold_bars: integer(32, { min: 1, max: 960, help: 'Leave after this many bars (4 are an hour).' }),
  },
  intent: ({ column, param }) => {
    const isQuiet = column('rv_pct_2880').le(param.rank_max);
    const isBreakout = column('close').gt(column('high_96').lag(1));
    return {
      kind: 'bracket',
      entry: { long: isQuiet.and(isBreakout) },
      stop: { long: column('low_96') },
      targets: [{ riskMultiple: 2 }],
      maxHoldBars: param.hold_bars,
    };
  },
});
`;
}

/** Words as comment lines of at most 130 characters. */
function comment(words: string): string {
  return words.replaceAll(/(.{1,126})(?:\s|$)/g, '// $1\n').trimEnd();
}
