import { prettyJson } from '../../core/canonicalJson.ts';
import { AppError } from '../../core/errors.ts';
import { lakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { clopperPearson, mostHitsAllowed } from '../../stats/calibration/binomial.ts';
import { certifyStudy, type StudyCertificate } from '../../stages/lib/certifyStudies.ts';
import { prepareFrames } from '../../stages/lib/runFrames.ts';
import { openCampaign } from '../../stages/lib/surrogateCampaign.ts';
import { type CommandResult, defineCommand, type Invocation } from '../lib/command.ts';
import { textTable } from '../lib/output.ts';
import { prepareRun } from '../lib/prepareRun.ts';
import { runFlags, wholeFlag } from '../lib/runRequest.ts';

const alpha = 0.05;

export default defineCommand({
  id: 'certify',
  summary: 'publish how often studies approve markets that have nothing to find, and what they do find',
  task: 'research',
  about:
    'Runs the studies of --studies on markets without the structure (independent heavy tails, GARCH, changing regimes, the run’s own bars shuffled) and on ' +
    'markets with a planted effect, and writes the share that passes, with its interval, to reports/certificate/. Takes hours at full size; what is ' +
    'done is kept, so the same command goes on.',
  flags: [
    ...runFlags,
    { name: 'paths', value: 'N', help: 'markets per kind that a verdict is held against', shown: '199' },
    { name: 'nulls', value: 'N', help: 'null markets per kind that get a verdict', shown: '200' },
    { name: 'planted', value: 'N', help: 'markets per planted size', shown: '40' },
    { name: 'plants', value: 'A,B', help: 'sizes of planted effects', shown: '0.005,0.01,0.02,0.25,0.5,1' },
  ],
  examples: [
    'backtest certify --studies vol_shock_relaxation --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31 --nulls 20 --paths 19 --planted 5',
    'backtest certify --studies all --symbols BTCUSDT,ETHUSDT --start 2022-01-01 --end 2023-12-31',
  ],
  no: 'more null markets passed than chance allows',
  seeAlso: ['study', 'ledger'],
  run: certify,
});

async function certify(invocation: Invocation): Promise<CommandResult> {
  const { flags } = invocation;
  const options = await prepareRun(flags['studies'] === undefined ? { ...invocation, flags: { ...flags, studies: 'all' } } : invocation);
  const size = {
    paths: wholeFlag(flags, 'paths', 199, 19),
    nulls: wholeFlag(flags, 'nulls', 200, 1),
    planted: wholeFlag(flags, 'planted', 40, 0),
    plants: plantsOf(flags['plants']),
  };
  const { frames, features, studies } = await prepareFrames(options);
  await options.effects.http.close();
  const paths = lakePaths(options.dataRoot);
  const campaign = openCampaign({ workers: options.workers, features, signal: options.signal });
  const certificates: StudyCertificate[] = [];
  try {
    for (const study of studies) {
      const { id } = study.document;
      const onDone = (part: string, done: number, total: number) => invocation.note(`${id}: ${part} ${done} of ${total}`, { isTransient: true });
      certificates.push(await certifyStudy(study, { frames, seed: options.config.seed, size, campaign, effects: options.effects, paths, onDone }));
      invocation.note(`${id}: done`);
    }
  } finally {
    await campaign.close();
  }
  const cells = certificates.flatMap(({ study, nulls }) =>
    nulls.map(({ generator, verdicts }) => {
      const n = verdicts.pass + verdicts.fail + verdicts.inconclusive;
      return { study, generator, n, approved: verdicts.pass, ...clopperPearson(verdicts.pass, n, alpha) };
    }),
  );
  // One family-wise bound over all cells: of so many, one may exceed a bound of its own by chance.
  const allowed = mostHitsAllowed(size.nulls, { rate: alpha, cells: cells.length, alpha });
  const isKept = cells.every(({ approved }) => approved <= allowed);
  const document = { alpha, size, allowed_per_cell: allowed, is_kept: isKept, cells, certificates };
  const path = `${paths.root}/reports/certificate/certificate.json`;
  await writeAtomic(options.effects.files, path, prettyJson(document), options.effects.uniqueName);
  const text = [
    textTable(
      ['study', 'market', 'nulls', 'approved', 'share', '95 % interval'],
      cells.map(({ study, generator, n, approved, share, low, high }) => [
        study,
        generator,
        String(n),
        String(approved),
        show(share),
        `${show(low)} to ${show(high)}`,
      ]),
      [2, 3, 4],
    ),
    '',
    ...certificates.flatMap(({ study, power }) =>
      power.map(
        ({ size: plant, verdicts }) =>
          `${study}: planted ${plant} found in ${verdicts.pass} of ${verdicts.pass + verdicts.fail + verdicts.inconclusive}`,
      ),
    ),
    '',
    `${isKept ? 'kept' : 'NOT kept'}: at most ${allowed} of ${size.nulls} may pass per cell (${cells.length} cells together at ${alpha})`,
  ].join('\n');
  return { data: document, text, exit: isKept ? 0 : 1 };
}

function plantsOf(given: unknown): number[] {
  const text = typeof given === 'string' ? given : '0.005,0.01,0.02,0.25,0.5,1';
  const sizes = text.split(',').map(Number);
  if (sizes.some((size) => !(size > 0)))
    throw new AppError('E_USAGE', { problem: `--plants ${JSON.stringify(given)}: expected positive numbers, comma-separated` });
  return sizes;
}

function show(value: number | null): string {
  return value === null ? '-' : String(Number(value.toPrecision(3)));
}
