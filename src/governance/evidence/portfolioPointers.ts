import { specDigest } from '../documents/digest.ts';
import type { MetricPointer, SubjectRef } from '../records.ts';
import { at, numberAt, readAll, rows, type Source } from './readPointers.ts';
import type { RunSnapshot } from './runSnapshot.ts';

/** Of the declared mode, below `/modes/<mode>` of the portfolio's metrics.json. */
const book: readonly Source[] = [
  ...rows('fraction', {
    net_total_return: '/net_total_return',
    max_drawdown: '/max_drawdown',
    cvar_99_1d: '/cvar_1d_99',
    max_gross: '/max_gross_exposure',
    max_net: '/max_net_exposure',
    max_per_symbol: '/max_symbol_abs_exposure',
  }),
  ...rows('ratio', { sharpe_daily_annualized: '/sharpe_annualized', sharpe_daily_standard_error: '/sharpe_standard_error' }),
];

const folderOf = ({ run_id }: RunSnapshot): string => `reports/portfolio/${run_id}`;

/** Mode that the run's portfolio declared; null where the run has none. */
function declaredMode(run: RunSnapshot): string | null {
  const mode = at(run.documents.get(`${folderOf(run)}/metrics.json`), '/selected_mode');
  return typeof mode === 'string' ? mode : null;
}

/**
 * What a run's portfolio did, out of sample and on the days that were sealed, and how it was judged.
 *
 * @source governance specification 18.6, 18.8
 */
export function portfolioPointers(run: RunSnapshot): MetricPointer[] {
  const mode = declaredMode(run);
  const read = (file: string, base: string, sources: readonly Source[]) => readAll(run, `${folderOf(run)}/${file}`, { base, sources });
  return [
    ...(mode === null ? [] : read('metrics.json', `/modes/${mode}`, book)),
    ...(mode === null ? [] : read('metrics.json', '', rows('fraction', { holdout_net_return: `/holdout/${mode}/net_total_return` }))),
    ...read('metrics.json', '', rows('count', { holdout_days: '/splits/holdout/days' })),
    ...read('verdict.json', '', rows('bool', { edges_verified: '/gates/evidence_verified/pass' })),
    ...verdictPointers(run),
  ];
}

/** The verdict, and the same for a run whose last days are sealed: what those would say cannot be told yet. */
function verdictPointers(run: RunSnapshot): MetricPointer[] {
  const path = `${folderOf(run)}/verdict.json`;
  const document = run.documents.get(path);
  const gates = at(document, '/gates');
  if (typeof gates !== 'object' || gates === null) return [];
  const isPassed = at(document, '/verdict') === 'PASS_PROMOTION';
  const isSealed = at(document, '/splits/holdout_state') === 'sealed';
  const days = numberAt(gates, '/oos_only/observed') ?? 0;
  const awaitsOpening = isSealed && at(gates, '/oos_only/status') === 'inconclusive' && days >= (numberAt(gates, '/oos_only/threshold') ?? Infinity);
  const others = Object.entries(gates as Record<string, unknown>).filter(([id]) => id !== 'oos_only');
  const isValid = isPassed || (awaitsOpening && others.every(([, gate]) => at(gate, '/pass') === true));
  const pointer = (metric: string, place: string, value: boolean): MetricPointer => ({
    metric,
    path,
    pointer: place,
    unit: 'bool',
    value: value ? 1 : 0,
  });
  return [pointer('portfolio_passed', '/verdict', isPassed), pointer('portfolio_validated', '/gates', isValid)];
}

/**
 * What an edge adds to the portfolio of a run that has exactly this edge: the Sharpe ratio of the declared mode less that of the same decided
 * anew without it. A table is read by row, then column.
 *
 * @source governance specification 17.4, 18.6
 */
export function marginalPointers(run: RunSnapshot, { id, digest }: SubjectRef): MetricPointer[] {
  const edges = at(run.config, '/portfolio/edges');
  const isOwn = (edge: unknown): boolean => {
    const document = at(edge, '/document');
    return typeof document === 'object' && document !== null && specDigest(document as Record<string, unknown>) === digest;
  };
  const mode = declaredMode(run);
  if (mode === null || !Array.isArray(edges) || !edges.some(isOwn)) return [];
  const sources = rows('ratio', { marginal_sharpe: '/marginal_sharpe' });
  return readAll(run, `${folderOf(run)}/edge_contribution_${mode}.csv`, { base: `/${id}`, sources });
}
