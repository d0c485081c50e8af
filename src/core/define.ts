/**
 * Units are what a user adds: one file, one default export made by a define...() function, found by its
 * file name (registry/discover.ts). The brand is a global symbol, so a plugin bundled with its own copy of
 * this module is still recognized.
 */
const brand = Symbol.for('@perp/backtest.unit');

/** Every kind of unit and the folder (below src/ or below a --plugins folder) whose files are of that kind. */
export const unitFolders = {
  feature: 'features',
  strategy: 'strategies',
  gate: 'portfolio/gates',
  allocator: 'portfolio/allocators',
  section: 'report/sections',
  source: 'venues/sources',
  stage: 'stages',
  command: 'cli/commands',
} as const;

export type UnitKind = keyof typeof unitFolders;
export const unitKinds = Object.keys(unitFolders) as UnitKind[];

export interface Unit<Kind extends UnitKind = UnitKind> {
  readonly id: string;
  readonly [brand]: Kind;
}

/** The object, branded as a unit of a kind. The define...() functions of each kind call this. */
export function unit<Kind extends UnitKind, Spec extends { readonly id: string }>(kind: Kind, spec: Spec): Spec & Unit<Kind> {
  return Object.freeze(Object.assign({ ...spec }, { [brand]: kind } as { readonly [brand]: Kind }));
}

/** The kind of a branded unit, or null for anything else. */
export function kindOf(value: unknown): UnitKind | null {
  if (typeof value !== 'object' || value === null) return null;
  const kind = (value as { [brand]?: UnitKind })[brand];
  return kind !== undefined && Object.hasOwn(unitFolders, kind) ? kind : null;
}

/** What a column promises: causal columns use data up to their own bar only. */
export interface ColumnPromise {
  readonly name: string;
  readonly help: string;
  /** Known only later than its bar (labels, run lengths): unreachable for strategies, conditions, overlays. */
  readonly retrospective?: boolean;
}

/** What a feature says about itself. */
export interface FeatureSpec {
  readonly id: string;
  readonly summary: string;
  /** The formula in one line, for the reference pages. */
  readonly formula: string;
  /** Columns read: bar fields, aligned funding, other features. */
  readonly inputs: readonly string[];
  /** Rows of a gap-free segment before the first value: value i is missing for i < warmup. */
  readonly warmup: number;
  /** Columns written; by default one, named like the feature. */
  readonly outputs?: readonly ColumnPromise[];
  /** False when the feature runs over gaps itself; by default it is called once per gap-free segment. */
  readonly segmented?: boolean;
  /**
   * Fills the outputs from the inputs, both [rows of the segment], in the declared order. Outputs arrive
   * filled with NaN. Inputs are read-only.
   */
  readonly compute: (inputs: readonly Float64Array[], outputs: readonly Float64Array[]) => void;
}

/**
 * A feature: columns computed from columns, one gap-free stretch of bars at a time. The default export of a file
 * `features/<id>.ts`.
 *
 * @returns the specification, branded so that discovery knows it
 */
export const defineFeature = (spec: FeatureSpec) => unit('feature', spec);
/** A feature as defined: its specification and a brand. */
export type Feature = ReturnType<typeof defineFeature>;

/** Names of the columns a feature writes. */
export function outputsOf(feature: FeatureSpec): readonly ColumnPromise[] {
  return feature.outputs ?? [{ name: feature.id, help: feature.summary }];
}
