import { dayMs, formatDay } from '../../core/time.ts';
import type { OverlayEffect } from '../../engine/overlay/overlay.ts';
import type { BindingRow, CellGate, CellRow, PolicyDesign, PolicyFamily, PolicyResult, PolicyStabilityRow } from './result.ts';

/**
 * An overlay as a draft: what the contract of overlay files asks for, the rule in a form that the engine runs, and where it comes from.
 * Plain JSON; nobody typed any number of it.
 */
export interface OverlayDraft {
  readonly spec_version: 'v1';
  readonly name: string;
  readonly version: 1;
  readonly event: string;
  readonly condition: string;
  readonly action: string;
  readonly status: 'DRAFT';
  readonly tuning_allowed: false;
  readonly run_ids_evidence: readonly EvidenceRecord[];
  readonly cost_bps_validated: number;
  readonly notes: string;
  readonly objective: { readonly target_metric: string; readonly evaluation_horizon: string; readonly costs_included: readonly string[] };
  readonly constraints: Readonly<Record<'max_drawdown_pct' | 'tail_loss' | 'exposure_limits' | 'turnover_budget', null>>;
  readonly stability: { readonly sign_consistency_min: number; readonly effect_ci_excludes_0: boolean; readonly max_regime_flip_count: number };
  readonly rule: {
    readonly condition: string;
    readonly series: Readonly<Record<string, string>>;
    readonly effect: OverlayEffect;
    readonly release: string | null;
    readonly parent: PolicyResult['parent'];
  };
  readonly origin: {
    readonly policy_study: string;
    readonly version: number;
    readonly digest: string;
    readonly accounting: string;
    readonly baseline: PolicyDesign['baseline'];
    readonly slices: readonly { readonly id: string; readonly date_range: string; readonly days: number }[];
    readonly family: PolicyFamily;
    readonly cells: readonly CellRow[];
    readonly bindings: readonly BindingRow[];
    readonly stability: readonly PolicyStabilityRow[];
    readonly gates: readonly CellGate[];
  };
}

/** The record of one piece of evidence, as overlay files have it. */
export interface EvidenceRecord {
  readonly run_id: string;
  readonly split: string;
  readonly date_range: string;
  readonly universe: string;
  readonly config_hash: string;
}

/** Characters that the name of an overlay may have (governance/documents/fields.ts). */
export const longestOverlayName = 128;

/** Name of the overlay that a cell drafts. */
export function overlayName(policy: string, cell: string): string {
  return `${policy}__${cell.replace('.', '__')}`;
}

/** Its file, relative to the folder of the study's tables: a folder `overlays/`, as `--specs` expects one. */
export function draftFile(policy: string, cell: string): string {
  return `overlays/${overlayName(policy, cell)}.json`;
}

/**
 * The overlay that a promoted cell drafts. It can never apply to anything by itself: its status is DRAFT, its constraints are still to be
 * set, and promotion is the business of governance.
 *
 * @param cell  one of `result.promoted`
 * @param runId the run that made the result; without one the draft cites no run
 * @throws RangeError for a cell that was not promoted
 */
export function draftOverlay(result: PolicyResult, cell: string, runId: string | null): OverlayDraft {
  if (!result.promoted.includes(cell)) throw new RangeError(`cell ${cell} of policy study ${result.id} was not promoted`);
  const { design } = result;
  const of = <Row extends { readonly cell: string }>(rows: readonly Row[]): Row[] => rows.filter((row) => row.cell === cell);
  const cells = of(result.cells);
  const [{ condition, action }] = cells as [CellRow];
  const { text, effect, release } = design.actions[action]!;
  const looked = slicesOf(design, cells);
  return {
    spec_version: 'v1',
    name: overlayName(result.id, cell),
    version: 1,
    event: result.parent.study,
    condition: design.conditions[condition]!,
    action: text,
    status: 'DRAFT',
    tuning_allowed: false,
    run_ids_evidence: runId === null ? [] : looked.map((slice) => evidenceOf(result, slice, runId)),
    cost_bps_validated: design.cost_bps,
    notes: `Drafted by policy study ${result.id} version ${result.version}: ${result.title}`,
    objective: {
      target_metric: 'net_total_return',
      evaluation_horizon: 'fixed_run_horizon',
      costs_included: ['fees', 'slippage', 'funding', 'overlay_costs'],
    },
    constraints: { max_drawdown_pct: null, tail_loss: null, exposure_limits: null, turnover_budget: null },
    stability: { sign_consistency_min: design.min_sign_share, effect_ci_excludes_0: true, max_regime_flip_count: 0 },
    rule: { condition: design.conditions[condition]!, series: design.series, effect, release, parent: result.parent },
    origin: {
      policy_study: result.id,
      version: result.version,
      digest: result.digest,
      accounting: design.accounting,
      baseline: design.baseline,
      slices: looked,
      family: result.family,
      cells,
      bindings: of(result.bindings),
      stability: of(result.stability),
      gates: of(result.gates),
    },
  };
}

type DraftSlice = OverlayDraft['origin']['slices'][number];

/** The slices that a cell was looked at on, by their dates. */
function slicesOf({ slices }: PolicyDesign, cells: readonly CellRow[]): DraftSlice[] {
  return slices
    .filter(({ id }) => cells.some(({ slice }) => slice === id))
    .map(({ id, start, days }) => ({ id, days, date_range: `${formatDay(start)}..${formatDay(start + (days - 1) * dayMs)}` }));
}

function evidenceOf({ design, digest }: PolicyResult, { id, date_range }: DraftSlice, runId: string): EvidenceRecord {
  return { run_id: runId, split: id, date_range, universe: design.symbols.join(','), config_hash: digest };
}
