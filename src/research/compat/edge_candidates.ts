import type { ReferenceAnalyzer } from './lib/analyzer.ts';
import { type Cell, jsonFile, type ReferenceTable, reportPath, tableOf } from './lib/table.ts';

export interface EdgeCandidateOptions {
  /** Phase-2 candidate tables by event type. */
  readonly phase2: Readonly<Record<string, ReferenceTable>>;
  /** `summary.json` of every report of the run, by the name of its folder. */
  readonly summaries: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface EdgeCandidate {
  readonly run_id: string;
  readonly event: string;
  readonly candidate_id: string;
  readonly status: string;
  readonly edge_score: number;
  readonly expected_return_proxy: number;
  readonly stability_proxy: number;
  readonly n_events: number;
  readonly source_path: string;
}

const id = 'edge_candidates';
/** Folders of reports that are not results. */
const ignoredFolders = ['phase2', 'by_run', 'overlay_promotion', 'edge_candidates'];

/**
 * The reference's list of edge candidates. It looks for columns that phase 2 does not write, so that each of its rows, passing or not, becomes a draft
 * with score 0, and it takes any report's net return for a score (E-15, E-20).
 *
 * @source research specification 8; governance specification 6.3
 */
export const edgeCandidates: ReferenceAnalyzer<EdgeCandidateOptions> = {
  id,
  files: (_frames, { runId, phase2 = {}, summaries = {} }) => {
    const rows = [...fromPhase2(runId, phase2), ...fromSummaries(runId, summaries)];
    // The sort is stable: drafts with score 0 stay in the order of their files.
    const ranked = rows.sort((a, b) => b.edge_score - a.edge_score || b.stability_proxy - a.stability_proxy);
    const columns = 'run_id event candidate_id status edge_score expected_return_proxy stability_proxy n_events source_path';
    return [tableOf(`${id}_normalized.csv`, columns, ranked), jsonFile(`${id}_normalized.json`, ranked)];
  },
};

function fromPhase2(runId: string, tables: EdgeCandidateOptions['phase2']): EdgeCandidate[] {
  return inOrder(tables).flatMap(([event, { name, header, rows }]) =>
    rows.map((row, place): EdgeCandidate => {
      const first = (...names: string[]): Cell => row[names.map((column) => header.indexOf(column)).find((at) => at >= 0) ?? -1] ?? null;
      return {
        run_id: runId,
        event,
        candidate_id: String(first('candidate_id') ?? `${event}_${place}`),
        status: String(first('status') ?? 'DRAFT'),
        edge_score: numberOf(first('edge_score', 'score')),
        expected_return_proxy: numberOf(first('expected_return', 'net_return')),
        stability_proxy: numberOf(first('stability', 'stability_score')),
        n_events: numberOf(first('n_events', 'count')),
        source_path: `reports/phase2/${runId}/${event}/${name}`,
      };
    }),
  );
}

function fromSummaries(runId: string, summaries: EdgeCandidateOptions['summaries']): EdgeCandidate[] {
  return inOrder(summaries)
    .filter(([family]) => !ignoredFolders.includes(family))
    .map(([family, summary]) => ({
      run_id: runId,
      event: family,
      candidate_id: `${family}_summary_candidate`,
      status: 'DRAFT',
      edge_score: numberOf(summary['net_total_return']),
      expected_return_proxy: numberOf(summary['net_total_return']),
      stability_proxy: numberOf(summary['sharpe_annualized']),
      n_events: numberOf(summary['total_trades']),
      source_path: reportPath(family, runId, 'summary.json'),
    }));
}

function inOrder<T>(byName: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(byName).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What is absent or no number counts as 0. */
function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
