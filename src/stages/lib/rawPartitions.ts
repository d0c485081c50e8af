import { AppError } from '../../core/errors.ts';
import { formatDay, monthsBetween } from '../../core/time.ts';
import { relativePath } from '../../lake/paths.ts';
import { seeded, type Source } from '../../venues/source.ts';
import { requireContent } from './manifests.ts';
import { describeRecord } from './provenance.ts';
import type { Artifact, StageContext } from './stage.ts';
import { warmWindowOf } from './warmup.ts';

/**
 * Raw partitions of one symbol for the run's window: those the run's own ingest names, or, when ingest was
 * skipped, those whose provenance records are in the lake.
 *
 * @throws E_NO_DATA when there are no bars at all
 */
export async function rawPartitions(context: StageContext, dataset: 'ohlcv_15m' | 'funding', symbol: string): Promise<Artifact[]> {
  const stage = dataset === 'ohlcv_15m' ? 'ingest_ohlcv' : 'ingest_funding';
  const manifest = context.upstream[stage];
  const found =
    manifest === undefined
      ? await fromProvenance(context, dataset, symbol)
      : manifest.outputs.filter((artifact) => artifact.path.includes(`/perp/${symbol}/`));
  if (found.length === 0 && dataset === 'ohlcv_15m') {
    const remedy = manifest === undefined ? 'Run once without --skip-ingest-ohlcv.' : 'Choose a window in which the symbol traded.';
    throw new AppError('E_NO_DATA', {
      what: 'the raw lake',
      symbol,
      start: formatDay(context.config.start),
      end: formatDay(context.config.end),
      remedy,
    });
  }
  return found;
}

async function fromProvenance(context: StageContext, dataset: string, symbol: string): Promise<Artifact[]> {
  const source = seeded(await context.registry.load<Source>('source', context.config.source), context.config.seed);
  const window = warmWindowOf(context);
  const artifacts: Artifact[] = [];
  for (const month of monthsBetween(window.start, window.end)) {
    const path = `${context.paths.objects(source.venue)}/perp/${symbol}/${dataset}/${month.label}/provenance.json`;
    if ((await context.effects.files.stat(path)) === null) continue;
    const { partition } = await readRecord(context, path);
    if (partition === null) continue;
    await requireContent(context.effects.files, context.paths, partition);
    artifacts.push(partition);
  }
  return artifacts;
}

async function readRecord(context: StageContext, path: string): Promise<{ partition: Artifact | null }> {
  const shown = relativePath(context.paths.root, path);
  const { partition, problem } = describeRecord(shown, (await context.effects.files.read(path)).toString('utf8'));
  if (problem !== null) throw new AppError('E_ARTIFACT_DAMAGED', { path: shown, problem });
  return { partition };
}
