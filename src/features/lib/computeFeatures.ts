import { type Feature, outputsOf } from '../../core/define.ts';
import { AppError, runUnit } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Columns } from '../../core/table.ts';

/** Columns that every symbol has before any feature is computed. */
export const baseColumns = ['timestamp', 'open', 'high', 'low', 'close', 'volume', 'funding_event_ts', 'funding_rate_scaled'] as const;

/**
 * The features that yield the wanted columns and everything below them, each after what it reads; ties in
 * the order of the ids, so the order is the same everywhere.
 *
 * @throws E_COLUMN_UNKNOWN when nothing yields a column; E_FEATURE_CYCLE when features read each other
 */
export function planFeatures(wanted: readonly { readonly column: string; readonly by: string }[], features: ReadonlyMap<string, Feature>): Feature[] {
  const providers = new Map<string, Feature>();
  for (const feature of features.values()) for (const output of outputsOf(feature)) providers.set(output.name, feature);
  const known = [...baseColumns, ...providers.keys()];
  const planned: Feature[] = [];
  const open: string[] = [];
  const visit = (column: string, by: string): void => {
    if ((baseColumns as readonly string[]).includes(column)) return;
    const feature = providers.get(column);
    if (feature === undefined)
      throw new AppError('E_COLUMN_UNKNOWN', { unit: by, column, suggestion: didYouMean(column, known), available: known.join(', ') });
    if (planned.includes(feature)) return;
    if (open.includes(feature.id))
      throw new AppError('E_FEATURE_CYCLE', { cycle: [...open.slice(open.indexOf(feature.id)), feature.id].join(' -> ') });
    open.push(feature.id);
    for (const input of feature.inputs) visit(input, `feature ${feature.id}`);
    open.pop();
    planned.push(feature);
  };
  for (const { column, by } of wanted) visit(column, by);
  return planned;
}

/**
 * The outputs of planned features, [rows] each, by column name. Windows restart after every gap: a segmented
 * feature sees one gap-free stretch at a time and is missing on gap rows.
 *
 * @param planned in an order in which every feature comes after its inputs (planFeatures)
 * @param base columns that exist already, [rows]
 * @param isGap [rows] 1 where there is no usable bar
 */
export function computeFeatures(planned: readonly Feature[], base: Columns, isGap: Uint8Array): Record<string, Float64Array> {
  const rows = isGap.length;
  const segments = gapFreeSegments(isGap);
  const columns: Record<string, Float64Array> = { ...base };
  const computed: Record<string, Float64Array> = {};
  for (const feature of planned) {
    const inputs = feature.inputs.map((name) => columns[name]!);
    const outputs = outputsOf(feature).map(({ name }) => {
      const out = new Float64Array(rows).fill(Number.NaN);
      columns[name] = out;
      computed[name] = out;
      return out;
    });
    if (feature.segmented === false) runUnit(`feature ${feature.id}`, () => feature.compute(inputs, outputs));
    else {
      for (let s = 0; s < segments.length; s += 2) {
        const [from, to] = [segments[s]!, segments[s + 1]!];
        runUnit(`feature ${feature.id}`, () =>
          feature.compute(
            inputs.map((input) => input.subarray(from, to)),
            outputs.map((output) => output.subarray(from, to)),
          ),
        );
      }
    }
  }
  return computed;
}

/** Pairs (from, to) of the maximal runs of rows without a gap. */
export function gapFreeSegments(isGap: Uint8Array): Int32Array {
  const bounds: number[] = [];
  for (let row = 0; row < isGap.length; row++) {
    if (isGap[row] === 1) continue;
    const from = row;
    while (row < isGap.length && isGap[row] === 0) row++;
    bounds.push(from, row);
  }
  return Int32Array.from(bounds);
}
