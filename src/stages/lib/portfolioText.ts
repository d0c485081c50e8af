import type { GateResult } from '../../portfolio/gates/lib/defineGate.ts';
import type { PortfolioSummary } from './portfolioFiles.ts';

const percent = (value: number | null) => (value === null ? '-' : `${(100 * value).toFixed(2)}%`);
const ratio = (value: number | null) => (value === null ? '-' : value.toFixed(2));

/** summary.md of a portfolio: what was run and what every mode did out of sample. */
export function portfolioMarkdown(summary: PortfolioSummary): string {
  const { portfolio, splits, selected_mode: selected, comparison, modes, universe } = summary;
  const span = splits.walk_forward;
  const lines = [
    `# Portfolio ${portfolio.id}, version ${portfolio.version}`,
    '',
    `- run: ${summary.run_id}`,
    `- universe: ${universe.requested}, ${universe.resolved_symbols.length} symbols`,
    `- edges: ${summary.edge_ids.join(', ')}`,
    `- declared mode: ${selected}; baseline: ${summary.baseline_mode}`,
    span === null ? '- no day is out of sample' : `- out of sample: ${span.from} to ${span.to}, ${span.days} days`,
    ...(splits.holdout_state === 'none' ? [] : [`- holdout: the last ${splits.holdout_days} days, ${splits.holdout_state}`]),
    '',
    '| mode | net return | Sharpe | largest drawdown | cost | limits | beats equal weight | beats inverse volatility |',
    '|---|---|---|---|---|---|---|---|',
    ...comparison.map(({ mode, net_total_return, sharpe_annualized, beats_equal_weight, beats_inverse_volatility }) => {
      const { max_drawdown, cost, constraint_breaches } = modes[mode]!;
      const limits = constraint_breaches.length === 0 ? 'kept' : constraint_breaches.map(({ limit }) => limit).join(', ');
      const cells = [mode, percent(net_total_return), ratio(sharpe_annualized), percent(max_drawdown), percent(cost), limits];
      return `| ${[...cells, answer(beats_equal_weight), answer(beats_inverse_volatility)].join(' | ')} |`;
    }),
    '',
    benchmarkSentence(summary),
  ];
  return `${lines.join('\n')}\n`;
}

function answer(value: boolean | null): string {
  return value === null ? '-' : value ? 'yes' : 'no';
}

/** Whether the declared mode was worth it. */
export function benchmarkSentence({ comparison, selected_mode: selected }: Pick<PortfolioSummary, 'comparison' | 'selected_mode'>): string {
  const own = comparison.find(({ mode }) => mode === selected)!;
  const known = [own.beats_equal_weight, own.beats_inverse_volatility].filter((value) => value !== null);
  if (known.length === 0) return `${selected} cannot be compared with the benchmarks: a Sharpe ratio is not defined, or it is one of them.`;
  return known.every((value) => value)
    ? `${selected} has a higher Sharpe ratio out of sample than the simple benchmarks under the same costs.`
    : `${selected} does not beat both simple benchmarks out of sample under the same costs: the simpler one is the better choice.`;
}

/** verdict.md: every gate with its answer. */
export function verdictMarkdown(verdict: string, mode: string, gates: readonly GateResult[]): string {
  const rows = gates.map(
    ({ code, status, observed, threshold, unit, split, why }) =>
      `| ${code} | ${status.toUpperCase()} | ${observed ?? '-'} | ${threshold ?? '-'} | ${unit} | ${split} | ${why} |`,
  );
  return [
    `# ${verdict}`,
    '',
    `Mode: ${mode}`,
    '',
    '| gate | answer | observed | threshold | unit | days | why |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
