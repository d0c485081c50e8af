import { AppError } from '../../core/errors.ts';
import { parseDay } from '../../core/time.ts';
import { lakePaths } from '../../lake/paths.ts';
import type { GateFinding } from '../../portfolio/gates/lib/defineGate.ts';
import type { PortfolioSummary } from '../../stages/lib/portfolioFiles.ts';
import { listPortfolios, loadPortfolios } from '../../stages/lib/portfolioSpecs.ts';
import { benchmarkSentence } from '../../stages/lib/portfolioText.ts';
import { type RunOutcome, runPipeline } from '../../stages/lib/runPipeline.ts';
import { specFolders } from '../../stages/lib/specs.ts';
import type { CommandResult, Invocation } from './command.ts';
import { register } from './governanceActions.ts';
import { textTable } from './output.ts';
import { showPortfolio } from './portfolioShow.ts';
import { prepareRun } from './prepareRun.ts';
import { specsOf } from './runRequest.ts';

export const portfolioActions = { list, show: showPortfolio, register: registerPortfolio, solve, backtest, validate, explain };

async function list(invocation: Invocation): Promise<CommandResult> {
  const specs = specFolders(invocation.effects.files, specsOf(invocation.flags));
  await invocation.effects.http.close();
  const documents = await loadPortfolios(specs, [...(await listPortfolios(specs)).keys()]);
  return {
    data: documents.map(({ id, version, title, edges, allocator, universe }) => ({
      id,
      version,
      title,
      edges,
      modes: allocator.modes,
      universe: universe.request,
    })),
    text: textTable(
      ['portfolio', 'v', 'edges', 'universe', 'declared mode', 'title'],
      documents.map(({ id, version, title, edges, allocator, universe }) => [
        id,
        String(version),
        String(edges.length),
        universe.request,
        allocator.modes[0]!,
        title,
      ]),
      [1, 2],
    ),
  };
}

/** From here on this content, with its edges as they are, is a DRAFT. */
async function registerPortfolio(invocation: Invocation): Promise<CommandResult> {
  await invocation.effects.http.close();
  return register(invocation, 'portfolio');
}

async function backtest(invocation: Invocation): Promise<CommandResult> {
  const made = await runUntil(invocation, 'portfolio');
  const { summary } = made;
  return {
    data: { folder: made.folder, ...summary },
    text: [modeTable(summary), '', benchmarkSentence(summary), '', ...placeLines(made)].join('\n'),
  };
}

async function validate(invocation: Invocation): Promise<CommandResult> {
  const made = await runUntil(invocation, 'validate_portfolio');
  const record = (await made.read('verdict.json')) as Verdict;
  const gates = Object.entries(record.gates);
  return {
    data: { folder: made.folder, ...record },
    text: [`${record.verdict}: mode ${record.selected_mode}`, '', ...gates.map(gateLine), '', ...placeLines(made)].join('\n'),
    exit: record.verdict === 'PASS_PROMOTION' ? 0 : 1,
  };
}

/** `fail  friction_floor: -0.0134, needs 0 fraction of capital; net return of ...` */
function gateLine([id, { status, observed, threshold, unit, why }]: [string, GateFinding]): string {
  const number = (value: number | null) => (value === null ? 'unknown' : String(Number(value.toPrecision(4))));
  return `${status.padEnd(12)} ${id}: ${number(observed)}, needs ${number(threshold)} ${unit}; ${why}`;
}

/** Weights for the day after the data end. */
async function solve(invocation: Invocation): Promise<CommandResult> {
  const made = await runUntil(invocation, 'portfolio');
  const decision = (await made.decisions()).at(-1);
  if (decision === undefined) throw new AppError('E_USAGE', { problem: 'portfolio solve: nothing was decided in the days given' });
  return { data: { run_id: made.outcome.runId, mode: made.summary.selected_mode, ...decision }, text: decisionText(made, decision) };
}

async function explain(invocation: Invocation): Promise<CommandResult> {
  const [, text = ''] = invocation.args;
  const day = parseDay(text);
  if (day === null) throw new AppError('E_USAGE', { problem: `portfolio explain needs a day YYYY-MM-DD, got ${JSON.stringify(text)}` });
  const made = await runUntil(invocation, 'portfolio');
  const decisions = await made.decisions();
  const decision = decisions.findLast(({ acts_from }) => acts_from <= text);
  if (decision === undefined || day > (parseDay(decisions.at(-1)!.acts_from) ?? 0)) {
    const [first, last] = [decisions[0]?.acts_from ?? '-', decisions.at(-1)?.acts_from ?? '-'];
    throw new AppError('E_USAGE', { problem: `portfolio explain ${text}: weights were decided for ${first} to ${last}` });
  }
  const weights = await made.dayOf(`weights_${made.summary.selected_mode}.csv`, text);
  const book = await made.dayOf('daily_book.csv', text);
  return {
    data: { run_id: made.outcome.runId, mode: made.summary.selected_mode, day: text, decision, weights, book },
    text: [decisionText(made, decision), ...(book === null ? [] : ['', bookText(text, book)])].join('\n'),
  };
}

interface Decision {
  readonly acts_from: string;
  readonly day: string;
  readonly reason: string;
  readonly status: string;
  readonly eligible: number;
  readonly iterations: number;
  readonly dual_gap: number | null;
  readonly target: Readonly<Record<string, number | null>>;
  readonly in_force: Readonly<Record<string, number | null>>;
  readonly binding: readonly {
    readonly constraint: string;
    readonly subject: string | null;
    readonly value: number;
    readonly limit: number;
    readonly price: number | null;
  }[];
}

interface Verdict {
  readonly verdict: string;
  readonly selected_mode: string;
  readonly gates: Readonly<Record<string, GateFinding>>;
}

interface Made {
  readonly outcome: RunOutcome;
  readonly folder: string;
  readonly summary: PortfolioSummary;
  readonly read: (name: string) => Promise<unknown>;
  readonly decisions: () => Promise<Decision[]>;
  /** The row of a day in a table whose first column is the day; null when it has none. */
  readonly dayOf: (name: string, day: string) => Promise<Readonly<Record<string, string>> | null>;
}

/** Runs the stages up to one of the portfolio's and opens what they wrote. */
async function runUntil(invocation: Invocation, stage: 'portfolio' | 'validate_portfolio'): Promise<Made> {
  const switches = stage === 'portfolio' ? { portfolio: true as const } : { portfolio: true as const, 'validate-portfolio': true as const };
  const options = await prepareRun({ ...invocation, flags: { ...invocation.flags, ...switches } });
  const outcome = await runPipeline({ ...options, until: stage });
  await options.effects.http.close();
  const paths = lakePaths(invocation.dataRoot);
  const at = paths.portfolioReport(outcome.runId);
  const text = async (name: string) => (await options.effects.files.read(`${at}/${name}`)).toString('utf8');
  const read = async (name: string): Promise<unknown> => JSON.parse(await text(name)) as unknown;
  const summary = (await read('metrics.json')) as PortfolioSummary;
  return {
    outcome,
    folder: `reports/portfolio/${outcome.runId}`,
    summary,
    read,
    decisions: async () => {
      const lines = (await text(`decisions_${summary.selected_mode}.jsonl`)).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as Decision);
    },
    dayOf: async (name, day) => {
      const [header, ...lines] = (await text(name)).trimEnd().split('\n') as [string, ...string[]];
      const line = lines.find((row) => row.startsWith(`${day},`));
      return line === undefined ? null : Object.fromEntries(header.split(',').map((key, i) => [key, line.split(',')[i]!]));
    },
  };
}

function modeTable({ comparison, modes, splits }: PortfolioSummary): string {
  const percent = (value: number) => `${(100 * value).toFixed(2)}%`;
  const span = splits.walk_forward;
  const rows = comparison.map(({ mode, net_total_return, sharpe_annualized }) => {
    const { max_drawdown, cost, constraint_breaches } = modes[mode]!;
    const limits = constraint_breaches.map(({ limit }) => limit).join(', ');
    return [
      mode,
      percent(net_total_return),
      sharpe_annualized?.toFixed(2) ?? '-',
      percent(max_drawdown),
      percent(cost),
      limits === '' ? 'kept' : limits,
    ];
  });
  const days = span === null ? 'No day is out of sample.' : `Out of sample, ${span.from} to ${span.to}:`;
  return `${days}\n\n${textTable(['mode', 'net return', 'Sharpe', 'drawdown', 'cost', 'limits'], rows, [1, 2, 3, 4])}`;
}

function decisionText(made: Made, { acts_from, day, reason, status, target, in_force, eligible, binding }: Decision): string {
  const shown = (value: number | null | undefined) => (value === null || value === undefined ? '-' : value.toFixed(4));
  const rows = Object.keys(target).map((edge) => [edge, shown(target[edge]), shown(in_force[edge])]);
  const limits = binding.map(({ constraint, subject, value, limit, price }) => [
    subject === null ? constraint : `${constraint} ${subject}`,
    value.toPrecision(4),
    limit.toPrecision(4),
    price === null ? '-' : price.toPrecision(3),
  ]);
  return [
    `Weights from ${acts_from}, decided at the end of ${day} (${reason}) by ${made.summary.selected_mode}: ${status}, ${eligible} of ${rows.length} edges with enough history.`,
    '',
    textTable(['edge', 'decided', 'in force'], rows, [1, 2]),
    '',
    limits.length === 0 ? 'No limit binds.' : textTable(['binding limit', 'used', 'limit', 'price'], limits, [1, 2, 3]),
  ].join('\n');
}

function bookText(day: string, book: Readonly<Record<string, string>>): string {
  const percent = (name: string) => `${(100 * Number(book[name])).toFixed(3)}%`;
  return `${day} (${book['split']!.replace('_', ' ')}): pnl ${percent('pnl')}, cost ${percent('cost')}, largest gross ${percent('largest_gross')}, net ${percent('largest_net')}, throttle ${book['throttle']!}.`;
}

function placeLines({ outcome, folder }: Made): string[] {
  return [`Run:     ${outcome.runId}`, `Folder:  ${folder}`];
}
