import { readJson } from '../documents/readJson.ts';
import {
  evidenceFields,
  isBlank,
  isNumber,
  isObject,
  type JsonObject,
  lacking,
  listed,
  referenceStates,
  ReferenceValueError,
  textOf,
} from './values.ts';

/**
 * The reference system’s overlay registry, rule by rule, with what it accepts and should not. For comparison and for reading its files; what
 * this product uses is in documents/.
 *
 * @source governance specification 2
 */

export const overlaySpecVersion = 'v1';

const requiredFields: readonly string[] = [
  'spec_version',
  'name',
  'event',
  'condition',
  'action',
  'status',
  'tuning_allowed',
  'run_ids_evidence',
  'cost_bps_validated',
  'notes',
  'objective',
  'constraints',
  'stability',
];
const allowedMetrics: readonly string[] = ['avg_period_return', 'geometric_mean_return', 'net_cagr', 'net_total_return'];
const constraintKeys: readonly string[] = ['max_drawdown_pct', 'tail_loss', 'exposure_limits', 'turnover_budget'];
const stabilityKeys: readonly string[] = ['sign_consistency_min', 'effect_ci_excludes_0', 'max_regime_flip_count'];

/** A file of the folder. */
export interface ReferenceFile {
  readonly name: string;
  readonly text: string;
}

/**
 * All specifications of a folder by trimmed name. One invalid file fails them all.
 *
 * @throws ReferenceValueError at the first failure, files in ascending order of their names
 */
export function loadOverlaySpecs(files: readonly ReferenceFile[], folder = 'edges'): Map<string, JsonObject> {
  const json = files.filter(({ name }) => name.endsWith('.json')).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json.length === 0) throw new ReferenceValueError(`No overlay specs found in ${folder}`);
  const specs = new Map<string, JsonObject>();
  for (const { name: file, text } of json) {
    const source = `${folder}/${file}`;
    const { value, problems, floats } = readJson(text);
    if (problems.length > 0) throw new ReferenceValueError(`${source}: ${problems[0]!.message}`);
    const spec = validateOverlaySpec(value, source, floats);
    const name = textOf(spec['name']).trim();
    if (name === '') throw new ReferenceValueError(`${source}: overlay spec has an empty name`);
    if (specs.has(name)) throw new ReferenceValueError(`${source}: Duplicate overlay spec name ${name}`);
    specs.set(name, spec);
  }
  return specs;
}

/**
 * One specification, checked in the order of the registry.
 *
 * @param floats dotted paths of numbers that were written with a point or an exponent: there `1.0` is no whole number
 * @returns the same object
 * @throws ReferenceValueError at the first failure
 */
export function validateOverlaySpec(spec: unknown, source: string, floats: ReadonlySet<string> = new Set()): JsonObject {
  const refuse = (problem: string): never => {
    throw new ReferenceValueError(`${source}: ${problem}`);
  };
  if (!isObject(spec)) return refuse('overlay spec must be an object');
  const missing = lacking(spec, requiredFields);
  if (missing.length > 0) refuse(`overlay spec is missing required fields ${listed(missing)}`);
  if (spec['spec_version'] !== overlaySpecVersion)
    refuse(`overlay spec version mismatch: expected ${overlaySpecVersion}, found ${textOf(spec['spec_version'])}`);
  const status = textOf(spec['status']).trim().toUpperCase();
  if (!referenceStates.includes(status)) refuse(`unsupported status ${textOf(spec['status'])}, allowed ${listed(referenceStates.toSorted())}`);
  if (status === 'APPROVED') checkApproved(spec, refuse, floats);
  return spec;
}

type Refuse = (problem: string) => never;

function checkApproved(spec: JsonObject, refuse: Refuse, floats: ReadonlySet<string>): void {
  checkEvidence(spec['run_ids_evidence'], refuse);
  const cost = spec['cost_bps_validated'];
  // NaN is not below zero, and true is a number.
  if (!isNumber(cost) || Number(cost) < 0) refuse('APPROVED overlay requires non-negative numeric cost_bps_validated');
  const objective = spec['objective'];
  if (!isObject(objective) || !allowedMetrics.includes(objective['target_metric'] as string))
    refuse(`APPROVED overlay requires objective.target_metric from ${listed(allowedMetrics)}`);
  const { constraints, stability } = spec;
  if (!isObject(constraints)) return refuse('APPROVED overlay requires a constraints object');
  for (const key of constraintKeys) if (!Object.hasOwn(constraints, key)) refuse(`APPROVED overlay requires constraints.${key}`);
  if (!isObject(stability)) return refuse('APPROVED overlay requires a stability object');
  for (const key of stabilityKeys) if (!Object.hasOwn(stability, key)) refuse(`APPROVED overlay requires stability.${key}`);
  const { sign_consistency_min: sign, effect_ci_excludes_0: interval, max_regime_flip_count: flips } = stability;
  if (!isNumber(sign) || !(Number(sign) >= 0 && Number(sign) <= 1)) refuse('stability.sign_consistency_min must be a number within [0, 1]');
  if (typeof interval !== 'boolean') refuse('stability.effect_ci_excludes_0 must be a boolean');
  const isWhole = typeof flips === 'boolean' || (Number.isInteger(flips) && !floats.has('stability.max_regime_flip_count'));
  if (!isWhole || Number(flips) < 0) refuse('stability.max_regime_flip_count must be an integer >= 0');
}

function checkEvidence(evidence: unknown, refuse: Refuse): void {
  if (!Array.isArray(evidence) || evidence.length === 0) return refuse('APPROVED overlay requires non-empty run_ids_evidence');
  for (const [i, item] of (evidence as readonly unknown[]).entries()) {
    if (!isObject(item)) return refuse(`run_ids_evidence[${i}] must be an object`);
    const missing = lacking(item, evidenceFields);
    if (missing.length > 0) refuse(`run_ids_evidence[${i}] has missing fields ${listed(missing)}`);
    for (const field of evidenceFields) if (isBlank(item[field])) refuse(`run_ids_evidence[${i}] has empty ${field}`);
  }
}

/** Sorted names of all specifications. */
export function listOverlays(specs: ReadonlyMap<string, JsonObject>): string[] {
  return [...specs.keys()].sort();
}

/** Sorted names of those whose status is exactly APPROVED: ` approved ` has to satisfy the rules and never applies. */
export function listApplicableOverlays(specs: ReadonlyMap<string, JsonObject>): string[] {
  return listOverlays(specs).filter((name) => specs.get(name)!['status'] === 'APPROVED');
}

/** A copy of a specification. @throws ReferenceValueError for an unknown name, with all known ones */
export function getOverlay(specs: ReadonlyMap<string, JsonObject>, name: string): JsonObject {
  const spec = specs.get(name.trim());
  if (spec === undefined) throw new ReferenceValueError(`Unknown overlay ${name.trim()}, available ${listed(listOverlays(specs))}`);
  return structuredClone(spec);
}

/**
 * Parameters with an overlay noted in them; nothing that runs reads the note. Twice is twice.
 *
 * @returns a new object: `overlays` longer by the name, `overlay_specs` with a copy of the specification
 * @throws ReferenceValueError for an unknown name, and for a status other than APPROVED
 */
export function applyOverlay(specs: ReadonlyMap<string, JsonObject>, name: string, params: JsonObject = {}): JsonObject {
  const spec = getOverlay(specs, name);
  if (spec['status'] !== 'APPROVED')
    throw new ReferenceValueError(`Overlay ${name.trim()} is not applicable: its status is ${textOf(spec['status'])}`);
  const copy = structuredClone(params) as Record<string, unknown>;
  const overlays = Array.isArray(copy['overlays']) ? (copy['overlays'] as unknown[]) : [];
  const known = isObject(copy['overlay_specs']) ? copy['overlay_specs'] : {};
  return { ...copy, overlays: [...overlays, name.trim()], overlay_specs: { ...known, [name.trim()]: spec } };
}
