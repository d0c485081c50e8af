import { type PipelineProfile, profileStages, type StageProfile, whole } from '../../bench/profileStages.ts';
import { digits, percent } from '../../bench/record.ts';
import { type Drift, driftOf, type Measured, readSnapshot, saveSnapshot, type Snapshot } from '../../bench/snapshot.ts';
import { formatDay } from '../../core/time.ts';
import { hostFacts } from '../../stages/lib/host.ts';
import { openRunRegistry } from '../../stages/lib/runRegistry.ts';
import type { RunConfig } from '../../stages/lib/runConfig.ts';
import { wantedStages } from '../../stages/lib/wantedStages.ts';
import type { CommandResult, Invocation, ParsedFlags } from './command.ts';
import { textTable } from './output.ts';
import { prepareRun } from './prepareRun.ts';
import { runFlags, wholeFlag } from './runRequest.ts';

/** What is measured when nothing is said. */
const usualMarket: ParsedFlags = { source: 'sample', symbols: 'BTCUSDT,ETHUSDT', start: '2020-01-01', end: '2025-12-31' };

interface Detail {
  /** Equal on every machine for equal code and data. */
  readonly work: Readonly<Record<string, unknown>>;
  readonly times: Readonly<Record<string, unknown>>;
}

/** `backtest bench stages`. */
export async function benchStages(invocation: Invocation): Promise<CommandResult> {
  const { effects, signal, note } = invocation;
  const flags =
    Object.keys(usualMarket).some((name) => invocation.flags[name] !== undefined) || invocation.flags['config'] !== undefined
      ? invocation.flags
      : { ...invocation.flags, ...usualMarket };
  const { config, dataRoot, plugins } = await prepareRun({ ...invocation, flags });
  const stages = await wantedStages(openRunRegistry(dataRoot, plugins, effects), config, undefined);
  const kind = { kind: 'stages', subject: subjectOf(config) } as const;
  const [against, save] = [flags['against'] as string | undefined, flags['save'] as string | undefined];
  const before = against === undefined ? null : await readSnapshot<Detail>(effects.files, against, kind);
  if (save !== undefined && (await effects.files.stat(save)) !== null) await readSnapshot<Detail>(effects.files, save, kind);
  const rounds = wholeFlag(flags, 'rounds', 3, 1);
  const profile = await profileStages({ effects, runArguments: runArguments(flags), stages, rounds, signal, note: (text) => note(`  ${text}`) });
  const detail = detailOf(profile);
  const values = valuesOf(profile);
  if (save !== undefined)
    await saveSnapshot<Detail>(effects, save, { ...kind, label: (flags['label'] as string | undefined) ?? '', host: hostFacts(), values, detail });
  const drift = Object.fromEntries(
    Object.entries(values).flatMap(([id, now]) => (before?.values[id] === undefined ? [] : [[id, driftOf(now, before.values[id])]])),
  );
  return {
    data: { subject: kind.subject, host: hostFacts(), rounds, ...detail, drift: before === null ? null : drift },
    text: [stageTable(profile, before, drift), '', ...notes(kind.subject, rounds, profile, before)].join('\n'),
  };
}

function subjectOf({ source, seed, symbols, start, end, strategies }: RunConfig): string {
  const market = source === 'sample' ? `sample market ${seed}` : source;
  return [market, symbols.join(','), `${formatDay(start)}..${formatDay(end)}`, strategies.map(({ id }) => id).join(',')].join(' ');
}

/** The flags that say what is run, as words again. */
function runArguments(flags: ParsedFlags): string[] {
  return runFlags.flatMap(({ name, value }) => {
    const given = flags[name];
    if (given === undefined) return [];
    if (value === undefined) return [`--${name}`];
    return (Array.isArray(given) ? given : [given]).flatMap((one: string) => [`--${name}`, one]);
  });
}

/** What drifts: CPU time in empty processes, so that machines compare, and memory. */
function valuesOf({ stages }: PipelineProfile): Record<string, Measured> {
  return Object.fromEntries(
    stages.flatMap(({ id, times }) => [
      [`${id} cpu`, { value: times.empties, noise: times.noise }],
      [`${id} memory`, { value: times.peakRssBytes, noise: 0 }],
    ]),
  );
}

function detailOf({ treeHash, emptyCpuMs, stages }: PipelineProfile): Detail {
  const parts = <T>(pick: (stage: StageProfile) => T) => Object.fromEntries(stages.map((stage) => [stage.id, pick(stage)]));
  return {
    work: { tree_hash: treeHash, stages: parts(({ work }) => work) },
    times: {
      empty_cpu_ms: emptyCpuMs,
      stages: parts(({ times }) => ({
        wall_ms: times.wallMs,
        cpu_ms: times.cpuMs,
        cpu_empties: times.empties,
        peak_rss_bytes: times.peakRssBytes,
        rows_per_second: times.rowsPerSecond,
        noise: times.noise,
      })),
    },
  };
}

function stageTable({ stages }: PipelineProfile, before: Snapshot<Detail> | null, drift: Readonly<Record<string, Drift>>): string {
  const header = [
    'stage',
    'wall ms',
    'CPU ms',
    'x empty',
    'peak MB',
    'rows',
    'rows/s',
    'files',
    'MB',
    ...(before === null ? [] : ['CPU drift', 'memory drift']),
  ];
  const shown = (id: string) => {
    const one = drift[id];
    return one === undefined ? 'new' : `${percent(one.change)}${one.isNoise ? '' : one.change > 0 ? ' more' : ' less'}`;
  };
  const rows = stages.map(({ id, work, times }) => [
    id,
    times.wallMs.toFixed(0),
    times.cpuMs.toFixed(0),
    digits(times.empties),
    (times.peakRssBytes / 1e6).toFixed(0),
    String(work.rows),
    times.rowsPerSecond.toFixed(0),
    String(work.files),
    (work.bytes / 1e6).toFixed(2),
    ...(before === null ? [] : [shown(`${id} cpu`), shown(`${id} memory`)]),
  ]);
  return textTable(header, rows, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

function notes(subject: string, rounds: number, { treeHash }: PipelineProfile, before: Snapshot<Detail> | null): string[] {
  const lines = [
    `${subject}; medians of ${rounds} rounds, each in an empty lake. Every stage ran in a process of its own; ${whole} is one process that runs`,
    `everything but the downloads, start-up included. Work (rows, files, MB) is deterministic; tree hash ${treeHash.slice(0, 16)}.`,
  ];
  if (before === null) return lines;
  const isSame = before.detail.work['tree_hash'] === treeHash;
  return [
    ...lines,
    `Drift is against ${before.label === '' ? 'the snapshot' : before.label}, CPU in multiples of an empty process; changes of at most 10%, or of twice both measurements' noise, are not marked.`,
    ...(isSame ? [] : ['The outputs are not those of the snapshot: the work itself has changed.']),
  ];
}
