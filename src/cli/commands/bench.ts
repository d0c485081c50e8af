import { defineCommand, type CommandResult, type Flag, type Invocation } from '../lib/command.ts';
import { runFlags } from '../lib/runRequest.ts';

/** Flags of a run that make no sense for a scratch lake. */
const notMeasured = new Set(['run-id', 'force', 'refresh', 'skip-ingest-ohlcv', 'skip-ingest-funding', 'lock-timeout']);

const kinds: Readonly<Record<string, (invocation: Invocation) => Promise<CommandResult>>> = {
  ratios: async (invocation) => (await import('../lib/benchRatios.ts')).benchRatios(invocation),
  stages: async (invocation) => (await import('../lib/benchStages.ts')).benchStages(invocation),
};

const measuredFlags = runFlags.filter(({ name }) => !notMeasured.has(name)).map((flag): Flag => ({ ...flag, only: ['stages'] }));

export default defineCommand({
  id: 'bench',
  summary: 'measure the hot paths against naive twins, or every stage of the pipeline',
  task: 'tools',
  about:
    '`ratios` (when left out) proves for every hot path that it gives the same as its naive twin, then times both in turn and prints the ' +
    'ratio of their CPU medians beside its budget. `stages` runs the pipeline in a scratch lake, each stage in a process of its own, and ' +
    'prints what each costs; without flags on six years of two symbols of the sample market. A snapshot saved once shows the drift of ' +
    'later measurements; changes within the noise are said to be that. Measure on an otherwise idle machine.',
  no: 'a fast path differs from its naive twin, or a budget is missed (with --strict)',
  args: [{ name: 'what', help: Object.keys(kinds).join(', '), choices: Object.keys(kinds), isOptional: true }],
  flags: [
    { name: 'filter', value: 'TEXT', help: 'only suites, ids or descriptions that hold this text', only: ['ratios'], group: 'Measuring' },
    { name: 'strict', help: 'end with 1 when a budget is missed', only: ['ratios'], group: 'Measuring' },
    { name: 'rounds', value: 'N', help: 'runs of the pipeline to take medians of', shown: '3', only: ['stages'], group: 'Measuring' },
    { name: 'against', value: 'FILE', help: 'show the change since this snapshot', group: 'Snapshots', completes: 'file' },
    { name: 'save', value: 'FILE', help: 'save a snapshot; what the file held becomes its history', group: 'Snapshots', completes: 'file' },
    { name: 'label', value: 'TEXT', help: 'name of the saved snapshot: a date, a commit', group: 'Snapshots' },
    ...measuredFlags,
  ],
  seeAlso: ['doctor', 'run'],
  examples: [
    'backtest bench --filter rolling',
    'backtest bench --save ratios.json --label 2026-01-31',
    'backtest bench --against ratios.json --strict',
    'backtest bench stages --rounds 5 --save stages.json',
    'backtest bench stages --symbols BTCUSDT --start 2023-01-01 --end 2023-12-31 --source sample',
  ],
  run: async (invocation) => {
    await invocation.effects.http.close();
    return kinds[invocation.args[0] ?? 'ratios']!(invocation);
  },
});
