import { AppError } from '../../core/errors.ts';
import type { CandidateFile } from '../../research/candidate/candidate.ts';
import type { CandidateList, RankedCandidate } from '../../research/candidate/rank.ts';
import { readText } from './artifacts.ts';
import { csvText } from './csv.ts';
import type { Artifact, StageContext } from './stage.ts';

/** What a study found, as it wrote it down. @throws E_ARTIFACT_DAMAGED for a file that is not what studies write */
export async function readCandidateFile(context: StageContext, artifact: Artifact): Promise<CandidateFile> {
  const { candidateFile } = await import('../../research/candidate/schema.ts');
  const parsed = candidateFile.safeParse(JSON.parse(await readText(context, artifact)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('E_ARTIFACT_DAMAGED', { path: artifact.path, problem: `${issue!.path.join('.')}: ${issue!.message}` });
}

/** How many candidates a stored list holds; 0 where there is none or it cannot be read. */
export async function storedCandidates({ effects }: Pick<StageContext, 'effects'>, path: string): Promise<number> {
  if ((await effects.files.stat(path)) === null) return 0;
  try {
    const { candidates } = JSON.parse((await effects.files.read(path)).toString('utf8')) as Partial<CandidateList>;
    return Array.isArray(candidates) ? candidates.length : 0;
  } catch {
    return 0;
  }
}

/** The list as a table, a row per candidate; gates as their ids, separated by blanks. */
export function candidatesCsv({ candidates }: CandidateList): string {
  return csvText(
    [...columns, 'gates_passed', 'gates_failed', 'gates_inconclusive'],
    candidates.map((row) => [
      ...columns.map((column) => row[column]),
      ...(['pass', 'fail', 'inconclusive'] as const).map((status) => row.gates[status].join(' ')),
    ]),
  );
}

const columns = [
  'class',
  'rank',
  'status',
  'source',
  'subject',
  'version',
  'candidate',
  'effect',
  'ci_low',
  'ci_high',
  'level',
  'unit',
  'confirmed_effect',
  'p',
  'p_adjusted',
  'q',
  'n_events',
  'digest',
  'overlay',
  'source_path',
  'run_id',
] as const satisfies readonly (keyof RankedCandidate)[];
