import { canonicalJson } from '../../core/canonicalJson.ts';
import type { Feature, Unit } from '../../core/define.ts';
import { isAppError } from '../../core/errors.ts';
import type { Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import type { EdgeDocument } from '../../governance/documents/edge.ts';
import type { OverlayDocument } from '../../governance/documents/overlay.ts';
import type { Certificate } from '../../governance/promotion/promotionCase.ts';
import { checkOverlay } from './checkOverlay.ts';
import { checkStrategy, type StrategyCheck } from './checkStrategy.ts';
import type { GovernanceTools } from './governanceState.ts';
import type { FoundSubject } from './governanceSubjects.ts';
import { loadStudies } from './specs.ts';

/**
 * Whether the code of a subject looks ahead, and whether declared warm-ups suffice, found by experiment today: the strategy of an edge with the edge's
 * parameters and each of its overlays, or an overlay alone. What cannot be tried does not pass.
 *
 * @source statistics specification 14, 15
 */
export async function certificatesOf(tools: GovernanceTools, { spec, ref }: FoundSubject): Promise<Certificate[] | null> {
  if (spec === null) return null;
  try {
    const features = await tools.audit.registry.loadAll<Feature>('feature');
    if (ref.kind === 'overlay') return await ofOverlay(tools, spec.document as OverlayDocument, features);
    const edge = spec.document as EdgeDocument;
    const found = await ofStrategy(tools, edge, features);
    for (const { name, version } of edge.overlays) {
      const overlay = tools.book.overlays.find((other) => other.id === name && other.version === version);
      found.push(
        ...(overlay === undefined ? untried(`overlay ${name}@${version} is not there`) : await ofOverlay(tools, overlay.document, features)),
      );
    }
    return found;
  } catch (error) {
    if (isAppError(error)) return untried(error.message);
    throw error;
  }
}

/** Answers by strategy and parameters: the same code gives the same, and trying it takes seconds. */
const remembered = new WeakMap<Strategy, Map<string, readonly StrategyCheck[]>>();

async function ofStrategy({ audit }: GovernanceTools, edge: EdgeDocument, features: ReadonlyMap<string, Feature>): Promise<Certificate[]> {
  const strategy = await audit.registry.load<Strategy & Unit>('strategy', edge.strategy.id);
  const known = remembered.get(strategy) ?? new Map<string, readonly StrategyCheck[]>();
  remembered.set(strategy, known);
  const params = resolveParams(strategy.id, strategy.params, edge.params);
  const key = canonicalJson(params);
  const checks = known.get(key) ?? checkStrategy(strategy, features, { params });
  known.set(key, checks);
  return certificates(`strategy ${strategy.id}`, checks);
}

async function ofOverlay({ folders }: GovernanceTools, document: OverlayDocument, features: ReadonlyMap<string, Feature>): Promise<Certificate[]> {
  const parent = document.rule?.parent ?? null;
  const parents = parent === null ? [] : await loadStudies(folders, [parent.study]);
  return certificates(`overlay ${document.name}`, checkOverlay(document, { features, parents }));
}

function certificates(what: string, checks: readonly StrategyCheck[]): Certificate[] {
  return checks.flatMap(({ check, verdict, detail }) =>
    check === 'look-ahead' || check === 'warm-up' ? [{ check, pass: verdict === 'pass', detail: `${what}: ${detail}` }] : [],
  );
}

function untried(detail: string): Certificate[] {
  return (['look-ahead', 'warm-up'] as const).map((check) => ({ check, pass: false, detail }));
}
