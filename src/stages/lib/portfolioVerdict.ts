import { AppError } from '../../core/errors.ts';
import type { Decision } from '../../portfolio/book/decisions.ts';
import type { GateInput } from '../../portfolio/gates/lib/defineGate.ts';
import type { SymbolContribution } from '../../portfolio/metrics/contributions.ts';
import type { StressCell } from '../../portfolio/stress/grid.ts';
import { outputsWith, readText } from './artifacts.ts';
import { parseRecords } from './csv.ts';
import type { PortfolioSummary } from './portfolioFiles.ts';
import { edgeEvidence } from './portfolioTrust.ts';
import type { Artifact, StageContext } from './stage.ts';

/** What the gates judge, read from the files of the portfolio stage, each checked against its recorded hash. */
export async function readGateInput(context: StageContext): Promise<{ input: GateInput; summary: PortfolioSummary; inputs: Artifact[] }> {
  const { config, trials, trust } = context;
  const portfolio = config.portfolio!;
  const inputs: Artifact[] = [];
  const read = async (name: string): Promise<string> => {
    const artifact = portfolioFile(context, name);
    inputs.push(artifact);
    return readText(context, artifact);
  };
  const summary = JSON.parse(await read('metrics.json')) as PortfolioSummary;
  const { selected_mode: mode, baseline_mode: baseline, splits } = summary;
  const days = parseDays(await read('daily_returns.csv')).filter(({ split }) => split === 'walk_forward');
  const column = (name: string) => Float64Array.from(days, ({ values }) => values[name]!);
  const decisions = (await read(`decisions_${mode}.jsonl`))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => decisionOf(JSON.parse(line) as StoredDecision));
  const input: GateInput = {
    policy: portfolio.document.gates,
    seed: config.seed,
    mode,
    metrics: summary.modes[mode]!,
    pnl: column(mode),
    baseline: { mode: baseline, pnl: column(baseline) },
    years: summary.years,
    conditions: summary.conditions,
    symbols: parseRecords(await read(`symbol_contribution_${mode}.csv`)) as unknown as SymbolContribution[],
    stress: JSON.parse(await read('stress.json')) as StressCell[],
    decisions,
    holdout: { state: splits.holdout_state, days: splits.holdout_days, netReturn: summary.holdout?.[mode]?.net_total_return ?? null },
    trials: trials === null ? null : { count: trials.trials, sharpeVariance: trials.sharpe_variance },
    capacity: summary.capacity,
    edges: edgeEvidence(portfolio, trust),
  };
  return { input, summary, inputs };
}

/** One file of the portfolio stage. @throws E_ARTIFACT_DAMAGED when its manifest does not name it */
export function portfolioFile(context: StageContext, name: string): Artifact {
  const path = `/portfolio/${context.runId}/${name}`;
  const found = outputsWith(context, 'portfolio', path).find((artifact) => artifact.path.endsWith(path));
  if (found === undefined)
    throw new AppError('E_ARTIFACT_DAMAGED', { path: `portfolio manifest of ${context.runId}`, problem: `it names no ${name}` });
  return found;
}

type StoredDecision = Omit<Decision, 'day' | 'primalResidual' | 'dualGap' | 'uses'> & {
  readonly primal_residual: number;
  readonly dual_gap: number | null;
};

function decisionOf({ primal_residual: primalResidual, dual_gap: dualGap, ...rest }: StoredDecision): Decision {
  return { ...rest, day: 0, primalResidual, dualGap, uses: [] };
}

export interface DayRow {
  readonly day: string;
  readonly split: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Rows of a table whose first columns are `day` and `split` and whose others are numbers. */
export function parseDays(text: string): DayRow[] {
  const [header, ...lines] = text.trimEnd().split('\n') as [string, ...string[]];
  const names = header.split(',').slice(2);
  return lines.map((line) => {
    const [day, split, ...cells] = line.split(',') as [string, string, ...string[]];
    return { day, split, values: Object.fromEntries(names.map((name, i) => [name, Number(cells[i])])) };
  });
}
