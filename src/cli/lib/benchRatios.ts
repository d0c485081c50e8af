import { type BenchRecord, budgetText, digits, percent, type SkippedBench } from '../../bench/record.ts';
import { runSuites } from '../../bench/runSuites.ts';
import { type Drift, driftOf, type Measured, readSnapshot, saveSnapshot } from '../../bench/snapshot.ts';
import { hostFacts } from '../../stages/lib/host.ts';
import type { CommandResult, Invocation } from './command.ts';
import { textTable } from './output.ts';

const kind = { kind: 'ratios', subject: 'hot paths against naive twins' } as const;
type Detail = Readonly<Record<string, BenchRecord>>;

interface Row {
  readonly record: BenchRecord;
  /** Null without a snapshot, or when it does not hold this ratio. */
  readonly drift: Drift | null;
}

/** `backtest bench ratios`. */
export async function benchRatios({ effects, flags, signal, note }: Invocation): Promise<CommandResult> {
  const { files } = effects;
  const text = (name: string) => flags[name] as string | undefined;
  const [against, save] = [text('against'), text('save')];
  // Read before measuring: a wrong file name should not cost minutes.
  const before = against === undefined ? null : await readSnapshot<Detail>(files, against, kind);
  if (save !== undefined && (await files.stat(save)) !== null) await readSnapshot<Detail>(files, save, kind);
  const outcome = await runSuites({
    files,
    filter: text('filter') ?? '',
    signal,
    onRecord: (suite, { id, ratio, isMet }) => note(`  ${suite.padEnd(12)} ${id.padEnd(14)} ${digits(ratio)}x${isMet ? '' : '  missed'}`),
  });
  const rows = outcome.records.map((record): Row => {
    const then = before?.values[record.id];
    return { record, drift: then === undefined ? null : driftOf(measured(record), then) };
  });
  if (save !== undefined && outcome.broken.length === 0) {
    const values = Object.fromEntries(outcome.records.map((record) => [record.id, measured(record)]));
    const detail = Object.fromEntries(outcome.records.map((record) => [record.id, record]));
    await saveSnapshot<Detail>(effects, save, { ...kind, label: text('label') ?? '', host: hostFacts(), values, detail });
  }
  const missed = rows.filter(({ record }) => !record.isMet).length;
  const isNo = outcome.broken.length > 0 || (flags['strict'] === true && missed > 0);
  return {
    data: {
      host: hostFacts(),
      records: rows.map(({ record, drift }) => ({ ...record, drift: drift === null ? null : { ...drift, is_faster: isFaster(record, drift) } })),
      skipped: outcome.skipped,
      broken: outcome.broken,
      missed,
    },
    text: [ratioTable(rows, before !== null), '', ...notes(outcome, rows, before?.label ?? '')].join('\n'),
    exit: isNo ? 1 : 0,
  };
}

const measured = ({ ratio, noise }: BenchRecord): Measured => ({ value: ratio, noise });

const isFaster = ({ budget }: BenchRecord, { change }: Drift) => ('atLeast' in budget ? change > 0 : change < 0);

function ratioTable(rows: readonly Row[], isCompared: boolean): string {
  const header = ['id', 'what', 'ratio', 'noise', 'budget', '', 'ns/unit', 'cold', 'baseline', ...(isCompared ? ['drift', ''] : [])];
  const cells = rows.map(({ record, drift }) => [
    record.id,
    record.what,
    `${digits(record.ratio)}x`,
    `${(100 * record.noise).toFixed(1)}%`,
    budgetText(record.budget),
    record.isMet ? 'met' : 'missed',
    digits(record.subject.cpuNs),
    digits(record.subject.coldCpuNs),
    digits(record.baseline.cpuNs),
    ...(isCompared ? [drift === null ? 'new' : percent(drift.change), driftWord(record, drift)] : []),
  ]);
  return textTable(header, cells, [2, 3, 4, 6, 7, 8, 9]);
}

function driftWord(record: BenchRecord, drift: Drift | null): string {
  if (drift === null || drift.isNoise) return '';
  return isFaster(record, drift) ? 'faster' : 'slower';
}

function notes(outcome: { skipped: readonly SkippedBench[]; broken: readonly string[] }, rows: readonly Row[], label: string): string[] {
  const met = rows.filter(({ record }) => record.isMet).length;
  return [
    `${met} of ${rows.length} budgets met. Ratios are of CPU medians over alternating rounds, each proven equal first; times in ns per unit.`,
    ...(rows.some(({ drift }) => drift !== null)
      ? [`Drift is against ${label === '' ? 'the snapshot' : label}; changes of at most 10%, or of twice both measurements' noise, are not marked.`]
      : []),
    ...outcome.skipped.map(({ id, what, skipped }) => `Not measured: ${id} (${what}): ${skipped}.`),
    ...outcome.broken.map((suite) => `Suite ${suite} ended with an error; see above.`),
  ];
}
