import { hashOf, prettyJson, sha256 } from '../../core/canonicalJson.ts';
import type { Effects, Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import type { CompiledStudy } from '../../research/study/compile.ts';
import type { SurrogateEffects } from '../../research/study/result.ts';
import { type LakePaths, relativePath } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import type { RunConfig } from './runConfig.ts';
import type { Artifact } from './stage.ts';

/** What surrogate markets said about one version of a study, for one shape of data. */
export interface Calibration {
  readonly study: string;
  readonly version: number;
  readonly digest: string;
  readonly symbols: readonly string[];
  /** Epoch ms: first day and last day included. */
  readonly start: number;
  readonly end: number;
  readonly seed: number;
  readonly surrogates: readonly SurrogateEffects[];
}

/** The shape of data that a calibration is for: the same study on other symbols or days has another null distribution. */
type Shape = Pick<RunConfig, 'symbols' | 'start' | 'end'>;

export function calibrationPath(paths: LakePaths, study: CompiledStudy, { symbols, start, end }: Shape): string {
  const { id, version } = study.document;
  return `${paths.studyCalibration(id, version)}/${hashOf({ digest: study.digest, symbols, start, end }).slice(0, 16)}.json`;
}

/** The calibration of a study for a shape of data, as an artifact and its content; null when there is none. @throws E_ARTIFACT_DAMAGED */
export async function readCalibration(
  files: Files,
  paths: LakePaths,
  study: CompiledStudy,
  shape: Shape,
): Promise<{ artifact: Artifact; calibration: Calibration } | null> {
  const path = calibrationPath(paths, study, shape);
  if ((await files.stat(path)) === null) return null;
  const bytes = await files.read(path);
  const artifact = { path: relativePath(paths.root, path), sha256: sha256(bytes), bytes: bytes.byteLength, rows: null, start: null, end: null };
  try {
    const calibration = JSON.parse(bytes.toString('utf8')) as Calibration;
    if (calibration.digest === study.digest && Array.isArray(calibration.surrogates)) return { artifact, calibration };
  } catch {
    // Falls through to the refusal below.
  }
  throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: 'it is not the calibration of this study' });
}

export async function writeCalibration(
  effects: Pick<Effects, 'files' | 'uniqueName'>,
  paths: LakePaths,
  { study, calibration }: { study: CompiledStudy; calibration: Calibration },
): Promise<string> {
  const path = calibrationPath(paths, study, calibration);
  await writeAtomic(effects.files, path, prettyJson(calibration), effects.uniqueName);
  return relativePath(paths.root, path);
}
