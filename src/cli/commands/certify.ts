import { resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { lakePaths } from '../../lake/paths.ts';
import { writeAtomic } from '../../lake/writeAtomic.ts';
import { certificateDocument } from '../../research/certificate/document.ts';
import { type Certificate, judgedCells, smallestDetectable } from '../../research/certificate/model.ts';
import { certificateText, writeCertificate } from '../../stages/lib/certificateFiles.ts';
import type { SeriesProgress } from '../../stages/lib/certifyParts.ts';
import { certifyRun } from '../../stages/lib/certifyRun.ts';
import { loadPolicies } from '../../stages/lib/policySpecs.ts';
import { loadStudies, specFolders } from '../../stages/lib/specs.ts';
import { type CommandResult, defineCommand, type Flag, type Invocation, type ParsedFlags } from '../lib/command.ts';
import { textTable } from '../lib/output.ts';
import { prepareRun } from '../lib/prepareRun.ts';
import { duration } from '../lib/progress.ts';
import { runFlags, specsOf, wholeFlag } from '../lib/runRequest.ts';

/** Flags that say what is certified; the others say on which data, or how the work is done. */
const ownFlags: readonly Flag[] = [
  { name: 'studies', value: 'id,...|all|none', help: 'studies to certify', shown: 'all', group: 'What' },
  {
    name: 'policy',
    value: 'id,...|all|none',
    help: 'policy studies to certify, each with its parent: the route to its end',
    shown: 'all',
    group: 'What',
  },
  { name: 'paths', value: 'N', help: 'markets per kind that a verdict is held against', shown: '199', group: 'Size' },
  { name: 'nulls', value: 'N', help: 'markets without an edge per kind that get a verdict', shown: '200', group: 'Size' },
  {
    name: 'reference-nulls',
    value: 'N',
    help: 'of those, the first N are shown to the reference system’s gates as well',
    shown: '40',
    group: 'Size',
  },
  { name: 'planted', value: 'N', help: 'markets per planted size', shown: '40', group: 'Size' },
  { name: 'out', value: 'FILE', help: 'write the certificate there as well', group: 'Setup', completes: 'file' },
];
/** Neither part of the question nor of the answer. */
const workFlags = 'data-root json quiet debug workers archive-url rest-url refresh run-id force lock-timeout out config plugins specs'.split(' ');
/** What a run does besides studies and policy studies is nothing that is certified. */
const others =
  'studies policy edge-candidates open-holdout strategies param overlays trust portfolio portfolio-spec portfolio-modes portfolio-symbols validate-portfolio';
const dataFlags = runFlags.filter(({ name }) => !others.split(' ').includes(name));

export default defineCommand({
  id: 'certify',
  summary: 'publish how often the route from study to promotion approves markets that have nothing to find, and what it does find',
  task: 'research',
  about:
    'Runs studies and policy studies on markets without an edge (independent heavy tails, GARCH, changing regimes, the run’s own bars shuffled) and on ' +
    'markets with a planted effect, each with all its gates up to the promotion of a policy, and the reference system’s gates on the same markets. Writes ' +
    'reports/certificate/certificate.json and certificate.html. Takes hours at full size; every market that is done is kept, so the same command goes on, and ' +
    'larger numbers extend what is there. docs/certificate.md explains how to read it.',
  flags: [...ownFlags, ...dataFlags],
  examples: [
    'backtest certify --studies vol_shock_relaxation --policy none --source sample --symbols BTCUSDT,ETHUSDT --start 2023-01-01 --end 2024-12-31 --nulls 20 --paths 19 --planted 5',
    'backtest certify --symbols BTCUSDT,ETHUSDT --start 2021-01-01 --end 2022-12-31',
  ],
  no: 'more markets without an edge were approved than chance allows',
  seeAlso: ['study', 'ledger'],
  run: certify,
});

async function certify(invocation: Invocation): Promise<CommandResult> {
  const { flags } = invocation;
  const size = {
    paths: wholeFlag(flags, 'paths', 199, 19),
    nulls: wholeFlag(flags, 'nulls', 200, 1),
    references: wholeFlag(flags, 'reference-nulls', 40, 0),
    planted: wholeFlag(flags, 'planted', 40, 0),
  };
  const specs = specFolders(invocation.effects.files, specsOf(flags));
  const studies = await loadStudies(specs, idsOf(flags['studies']));
  const policies = await loadPolicies(specs, idsOf(flags['policy']));
  if (studies.length + policies.length === 0)
    throw new AppError('E_USAGE', { problem: '--studies none and --policy none contradict each other: nothing is left to certify' });
  const parents = await loadStudies(specs, [...new Set(policies.map(({ parent }) => parent.study))]);
  const options = await prepareRun({ ...invocation, flags: { ...flags, studies: undefined, policy: undefined } });
  try {
    const request = { studies, policies, parents, size: { ...size, references: Math.min(size.references, size.nulls) } };
    const certificate = await certifyRun(options, { ...request, command: commandOf(flags), onProgress: progressOf(invocation) });
    const written = await writeCertificate(options.effects, lakePaths(options.dataRoot), certificate);
    const { out } = flags;
    if (typeof out === 'string') {
      const path = resolve(out);
      await writeAtomic(options.effects.files, path, certificateText(certificate), options.effects.uniqueName);
    }
    const cells = judgedCells(certificate);
    const isKept = cells.every(({ isWithin }) => isWithin);
    const bounds = cells.map(({ kind, id, counts, bound, isWithin }) => ({ kind, id, generator: counts.generator, bound, is_within: isWithin }));
    return {
      data: { is_kept: isKept, bounds, certificate: certificateDocument(certificate), files: written },
      text: `${textOf(certificate, isKept)}\n\nPage:  ${written.html}`,
      exit: isKept ? 0 : 1,
    };
  } finally {
    await options.effects.http.close();
  }
}

function idsOf(flag: ParsedFlags[string]): readonly string[] {
  if (typeof flag !== 'string') return ['all'];
  return flag === 'none' ? [] : flag.split(',').map((id) => id.trim());
}

/** The command that asks the same question, without what only says how it was worked on. */
function commandOf(flags: ParsedFlags): string {
  const asked = Object.entries(flags).filter(([name, value]) => value !== undefined && !workFlags.includes(name));
  return ['backtest certify', ...asked.map(([name, value]) => (value === true ? `--${name}` : `--${name} ${String(value)}`))].join(' ');
}

const names: Readonly<Record<string, string>> = { effects: 'distributions', nulls: 'markets without an edge', planted: 'planted effects' };

function progressOf({ note, effects }: Invocation): (progress: SeriesProgress) => void {
  const began = effects.clock.elapsed();
  let last = '';
  return ({ series, done, jobs, spent, left }) => {
    const rest = spent === 0 ? '' : `, ${duration(((effects.clock.elapsed() - began) * left) / spent)} left in all`;
    const isOver = done === jobs && series !== last;
    if (isOver) last = series;
    note(`  ${names[series]!.padEnd(24)} ${done} of ${jobs}${rest}`, isOver ? {} : { isTransient: true });
  };
}

function textOf(certificate: Certificate, isKept: boolean): string {
  const cells = judgedCells(certificate);
  const table = textTable(
    ['study or policy', 'market', 'markets', 'approved', 'interval', 'bound', 'inconclusive'],
    cells.map(({ id, counts, bound }) => [
      id,
      counts.generator,
      String(counts.n),
      String(counts.approved),
      `${show(counts.interval.low)} to ${show(counts.interval.high)}`,
      String(bound),
      String(counts.inconclusive),
    ]),
    [2, 3, 5, 6],
  );
  const power = [...certificate.studies, ...certificate.policies].flatMap((subject) => {
    if (subject.power === null) return [];
    const least = smallestDetectable(subject.power);
    const worth = least?.bps === null || least === null ? '' : `, ${show(least.bps)} bps per trade`;
    const found = subject.power.points.map(({ size, n, found: hits }) => `${show(size)}: ${hits}/${n}`).join(', ');
    return [`${subject.id}: ${least === null ? 'no planted size found in 80 %' : `found in 80 % from ${show(least.size)} on${worth}`} (${found})`];
  });
  const not = certificate.uncertified.map(({ id, reason }) => `${id}: not certified: ${reason}`);
  const verdict = `${isKept ? 'kept' : 'NOT kept'}: at most ${100 * certificate.alpha} % of markets without an edge are approved, ${cells.length} combinations together`;
  return [table, ...power, ...not, verdict].join('\n\n').replace(/\n\n(?=[a-z_0-9]+: )/g, '\n');
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
