import { prettyJson } from '../core/canonicalJson.ts';
import type { Files } from '../core/effects.ts';
import { AppError } from '../core/errors.ts';
import { writeAtomic } from '../lake/writeAtomic.ts';

/** What was measured then: one value per id, compared as it is, and the measurement's own noise. */
export interface Measured {
  readonly value: number;
  /** Fraction of the value by which repeated measurements differ. */
  readonly noise: number;
}

/** Ratios or stage costs as a file keeps them; older values of the same file stay as a short history. */
export interface Snapshot<Detail> {
  readonly kind: SnapshotKind;
  /** What was measured; only equal subjects are compared. */
  readonly subject: string;
  /** Given by whoever saves: a date, a commit. */
  readonly label: string;
  readonly host: Readonly<Record<string, string | number>>;
  readonly values: Readonly<Record<string, Measured>>;
  /** Everything else that was measured. */
  readonly detail: Detail;
  readonly earlier: readonly EarlierValues[];
}

export type SnapshotKind = 'ratios' | 'stages';

export interface EarlierValues {
  readonly label: string;
  readonly values: Readonly<Record<string, number>>;
}

/** How a value has moved since a snapshot. */
export interface Drift {
  /** now / then - 1. */
  readonly change: number;
  /** Changes up to this fraction are noise. */
  readonly band: number;
  readonly isNoise: boolean;
}

/** CPU medians of one machine repeat within this fraction even when their own rounds agree better. */
export const leastBand = 0.1;

/** Former values that a snapshot keeps. */
const mostEarlier = 50;

/** Change of a value against a snapshot's; the band is what both measurements' noise allows, at least 10%. */
export function driftOf(now: Measured, then: Measured): Drift {
  const change = now.value / then.value - 1;
  const band = Math.max(leastBand, 2 * (now.noise + then.noise));
  return { change, band, isNoise: Math.abs(change) <= band };
}

/** @throws E_USAGE when the file is absent, not a snapshot, or one of another kind or subject */
export async function readSnapshot<Detail>(
  files: Files,
  path: string,
  { kind, subject }: { readonly kind: SnapshotKind; readonly subject: string },
): Promise<Snapshot<Detail>> {
  if ((await files.stat(path))?.isFile !== true) throw new AppError('E_USAGE', { problem: `there is no snapshot ${path}; --save makes one` });
  const refuse = (problem: string) => new AppError('E_USAGE', { problem: `${path}: ${problem}` });
  let found: Partial<Snapshot<Detail>> | null;
  try {
    found = JSON.parse((await files.read(path)).toString('utf8')) as Partial<Snapshot<Detail>> | null;
  } catch {
    throw refuse('expected a snapshot of this command, found text that is not JSON');
  }
  if (typeof found?.values !== 'object' || !Array.isArray(found.earlier)) throw refuse('expected a snapshot of this command, found another document');
  if (found.kind !== kind) throw refuse(`it is a snapshot of ${String(found.kind)}, expected one of ${kind}`);
  if (found.subject !== subject) throw refuse(`it measured ${String(found.subject)}, this is ${subject}`);
  return found as Snapshot<Detail>;
}

/**
 * Writes a snapshot. The values that the file held before move into its history, and those that were not measured this
 * time stay.
 *
 * @throws E_USAGE when the file exists and is no snapshot of this kind and subject
 */
export async function saveSnapshot<Detail extends object>(
  { files, uniqueName }: { readonly files: Files; readonly uniqueName: () => string },
  path: string,
  snapshot: Omit<Snapshot<Detail>, 'earlier'>,
): Promise<void> {
  const before = (await files.stat(path)) === null ? null : await readSnapshot<Detail>(files, path, snapshot);
  const earlier = before === null ? [] : [{ label: before.label, values: plainValues(before.values) }, ...before.earlier].slice(0, mostEarlier);
  const whole: Snapshot<Detail> = {
    ...snapshot,
    values: { ...before?.values, ...snapshot.values },
    detail: { ...before?.detail, ...snapshot.detail },
    earlier,
  };
  await writeAtomic(files, path, prettyJson(JSON.parse(JSON.stringify(whole, fewDigits))), uniqueName);
}

function plainValues(values: Readonly<Record<string, Measured>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([id, { value }]) => [id, value]));
}

/** Four significant digits are more than any clock gives; whole numbers are counts and stay. */
function fewDigits(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
