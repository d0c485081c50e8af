import { parseDay, dayMs } from '../../core/time.ts';
import { isAppError } from '../../core/errors.ts';
import type { PromotionPolicyDocument } from '../../governance/documents/policy.ts';
import type { GovernanceState, SubjectRecord } from '../../governance/lifecycle/state.ts';
import { type Alternative, alternativesTo } from '../../governance/promotion/alternatives.ts';
import type { CheckedEvidence, CheckedSelection } from '../../governance/promotion/promotionCase.ts';
import { daysOfWindow, selectionMetrics, selectionNumbers, selectionStreams, type TrialReturns } from '../../governance/promotion/selection.ts';
import type { Evidence } from '../../governance/records.ts';
import { perPeriodSharpe } from '../../stats/sharpe.ts';
import type { DailyReturnsFile, StrategyDays } from './dailyReturnsFile.ts';
import type { GovernanceTools } from './governanceState.ts';
import { outputsOfRun, readRun } from './readRun.ts';
import type { Artifact } from './stage.ts';

/** Daily returns of a run as they lie there today, or what keeps them from counting. */
interface FoundReturns {
  readonly file: DailyReturnsFile | null;
  readonly artifact: Artifact | null;
  readonly problem: string;
}

/**
 * What each piece of evidence is worth beside everything else that was tried on its days, for those of whose role a policy asks it. Returns are read
 * from the runs that the ledger names; a file that is gone or is not what was recorded leaves the numbers missing.
 */
export async function selectionOf(
  tools: Pick<GovernanceTools, 'audit' | 'paths' | 'state'>,
  record: SubjectRecord,
  { policy, evidence }: { readonly policy: PromotionPolicyDocument; readonly evidence: readonly CheckedEvidence[] },
): Promise<Map<string, CheckedSelection>> {
  const roles = new Set(policy.gates.filter(({ metric }) => (selectionMetrics as readonly string[]).includes(metric)).map(({ role }) => role));
  const found = new Map<string, CheckedSelection>();
  const runs = new Map<string, Promise<FoundReturns>>();
  const returnsOf = (runId: string): Promise<FoundReturns> => {
    const known = runs.get(runId) ?? readReturns(tools, runId);
    runs.set(runId, known);
    return known;
  };
  for (const { evidence: piece, health } of evidence)
    if (health === 'VERIFIED' && roles.has(piece.role)) found.set(piece.id, await selectionOfPiece(tools.state, record, { piece, returnsOf }));
  return found;
}

async function selectionOfPiece(
  state: GovernanceState,
  record: SubjectRecord,
  { piece, returnsOf }: { readonly piece: Evidence; readonly returnsOf: (runId: string) => Promise<FoundReturns> },
): Promise<CheckedSelection> {
  const window = daysOfWindow(piece.facts.window) ?? { from: 0, to: 0 };
  const alternatives = alternativesTo(state, record, piece);
  const missing: string[] = [];
  const trials: TrialReturns[] = [];
  const returns = new Map<string, { path: string; sha256: string }>();
  for (const alternative of alternatives) {
    const runId = alternative.isOwn ? piece.run_id : alternative.body.run_id;
    const { file, artifact, problem } = await returnsOf(runId);
    const own = file === null ? problem : trialOf(alternative, file, window);
    if (typeof own === 'string') missing.push(`run ${runId}, ${alternative.body.subject}: ${own}`);
    else trials.push(own);
    if (artifact !== null) returns.set(artifact.path, { path: artifact.path, sha256: artifact.sha256 });
  }
  const family = {
    firstDay: window.from,
    days: window.to - window.from,
    trials,
    missing,
    counted: alternatives.reduce((sum, { body }) => sum + body.trials, 0),
    unit: `${piece.subject.kind}.${piece.subject.id}`,
  };
  return { numbers: selectionNumbers(family), returns: [...returns.values()], streams: selectionStreams(family) };
}

/** The series of one trial on the days of the evidence; in words why there are none. */
function trialOf({ body, isOwn, overlay }: Alternative, file: DailyReturnsFile, { from, to }: { from: number; to: number }): TrialReturns | string {
  if (body.kind === 'sweep') return `the ${body.trials} cells of a sweep have no returns that were kept`;
  const days: StrategyDays | undefined = file.strategies[body.subject];
  const firstDay = parseDay(file.first_day);
  if (days === undefined || firstDay === null) return 'its daily returns do not have the strategy';
  if (!isRecorded(days.net, body.result.value)) return 'its daily returns do not give the Sharpe ratio that the ledger has';
  const other = overlay === null ? days.held : days.without[overlay];
  if (other === undefined) return `its daily returns do not say what it would be without ${overlay}`;
  const offset = from - firstDay / dayMs;
  const at = (of: (day: number) => number) =>
    Float64Array.from({ length: to - from }, (_, day) => (day + offset < 0 || day + offset >= days.net.length ? 0 : of(day + offset)));
  const overCash = at((day) => days.net[day]!);
  const overBaseline = at((day) => days.net[day]! - other[day]!);
  return { isOwn, effect: overlay === null ? overCash : overBaseline, overCash, overBaseline, longestTradeDays: days.longest_trade_days };
}

/** The ledger has the Sharpe ratio of every backtest: returns that give another one are not those that were recorded. */
function isRecorded(net: readonly number[], value: number | null): boolean {
  const ratio = perPeriodSharpe(net);
  return ratio === null || value === null ? ratio === value : Math.abs(ratio - value) <= 1e-9 * Math.max(1, Math.abs(value));
}

async function readReturns({ audit, paths }: Pick<GovernanceTools, 'audit' | 'paths'>, runId: string): Promise<FoundReturns> {
  const { files } = audit.effects;
  const nothing = (problem: string, artifact: Artifact | null = null): FoundReturns => ({ file: null, artifact, problem });
  try {
    const { manifests } = await readRun(files, paths, runId);
    const artifact = outputsOfRun(manifests).find(({ path }) => path.endsWith(`/${runId}/daily_returns.json`));
    if (artifact === undefined) return nothing('it kept no daily returns; make it again with --force');
    const problem = await audit.check(artifact);
    if (problem !== null) return nothing(`${artifact.path}: ${problem.message}`, artifact);
    const file = JSON.parse((await files.read(`${paths.root}/${artifact.path}`)).toString('utf8')) as DailyReturnsFile;
    return { file, artifact, problem: '' };
  } catch (error) {
    if (isAppError(error) || error instanceof SyntaxError) return nothing(error instanceof Error ? error.message : 'it cannot be read');
    throw error;
  }
}
