import { hashOf, sha256 } from '../../core/canonicalJson.ts';
import type { Unit } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { barMs, formatDay } from '../../core/time.ts';
import { version } from '../../core/version.ts';
import { lakePaths } from '../../lake/paths.ts';
import type { Certificate, CertificateSize } from '../../research/certificate/model.ts';
import type { PolicyDocument } from '../../research/policy/document.ts';
import { compileStudy } from '../../research/study/compile.ts';
import type { StudyDocument } from '../../research/study/document.ts';
import type { StudyFrame } from '../../research/study/frame.ts';
import { spanOf } from '../../research/study/prepare.ts';
import { surrogatePlan } from './calibrateStudy.ts';
import { writeCalibration } from './calibrationFiles.ts';
import { runCampaign } from './certifyCampaign.ts';
import { KeptAnswers, type SeriesProgress } from './certifyParts.ts';
import { campaignSubjects } from './certifySubjects.ts';
import { prepareFrames } from './runFrames.ts';
import type { RunOptions } from './runPipeline.ts';
import { openRunRegistry } from './runRegistry.ts';
import { studyCatalog } from './studyCatalog.ts';
import { openCampaign } from './surrogateCampaign.ts';
import { marketKinds, type SurrogatePlan } from './surrogateJob.ts';

export interface CertifyRequest {
  readonly studies: readonly StudyDocument[];
  readonly policies: readonly PolicyDocument[];
  /** Documents of the policies' parents. */
  readonly parents: readonly StudyDocument[];
  readonly size: CertificateSize;
  /** The command line that asked, for the certificate. */
  readonly command: string;
  readonly onProgress: (progress: SeriesProgress) => void;
}

/** Share of markets without an edge that may be approved. */
const alpha = 0.05;

/**
 * Certifies studies and policies on markets of the shape of a run's data. The distributions that verdicts were held against are kept for
 * runs on the same symbols and days, as `study calibrate` keeps them.
 *
 * @param options of a run; only its bars and funding are used
 * @throws what runPipeline throws; E_INTERRUPTED, and the same call goes on from there
 */
export async function certifyRun(options: RunOptions, request: CertifyRequest): Promise<Certificate> {
  const { frames, features } = await prepareFrames(options);
  const { config, effects, signal, workers, plugins } = options;
  const registry = openRunRegistry(options.dataRoot, plugins, effects);
  const units = { features, strategies: await registry.loadAll<Strategy & Unit>('strategy') };
  const chosen = campaignSubjects(request, units);
  const paths = lakePaths(options.dataRoot);
  const plan = surrogatePlan(chosen, frames);
  const code = await registry.fingerprint('command', 'certify');
  const folder = `${paths.cache()}/certificate/${hashOf([identityOf(plan), config.seed, code]).slice(0, 16)}`;
  const campaign = openCampaign({ workers, units, hasPlugins: plugins.length > 0, signal });
  try {
    const kept = new KeptAnswers(effects, folder);
    const { size, onProgress } = request;
    const { against, ...subjects } = await runCampaign({ plan, chosen, size, seed: config.seed, campaign, kept, onProgress });
    const { symbols, start, end, seed } = config;
    for (const document of chosen.studies) {
      const study = compileStudy(document, studyCatalog(features));
      const calibration = {
        study: document.id,
        version: document.version,
        digest: study.digest,
        symbols,
        start,
        end,
        seed,
        surrogates: against[document.id]!,
      };
      await writeCalibration(effects, paths, { study, calibration });
    }
    const head = { alpha, version, node: process.version, command: request.command, seed, size };
    return { ...head, markets: marketsOf(plan), generators: marketKinds, ...subjects, uncertified: chosen.uncertified };
  } finally {
    await campaign.close();
  }
}

/** What markets follow from: their shape and the bars that are shuffled. */
function identityOf({ shape, frames }: SurrogatePlan): unknown {
  const digest = ({ symbol, rows, columns }: StudyFrame) => [
    symbol,
    rows,
    Object.entries(columns).map(([name, column]) => [
      name,
      sha256(new Uint8Array(column.buffer as ArrayBuffer, column.byteOffset, column.byteLength)),
    ]),
  ];
  return { shape, frames: frames.map(digest) };
}

function marketsOf({ shape, frames }: SurrogatePlan): Certificate['markets'] {
  const { start, end } = spanOf(frames);
  return { symbols: shape.symbols, start: formatDay(start), end: formatDay(end - barMs), volatility: shape.volatility };
}
