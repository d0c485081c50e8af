import { formatDay } from '../../core/time.ts';
import { lakePaths } from '../../lake/paths.ts';
import { inspectRunRecord, type RunRecord } from '../../stages/lib/manifests.ts';
import { readRun, runIds } from '../../stages/lib/readRun.ts';
import { type CommandResult, defineCommand, type Invocation } from '../lib/command.ts';
import { textTable } from '../lib/output.ts';
import { runArguments } from '../lib/runArguments.ts';

/** Listing and showing must start fast; the rest is imported when it is asked for. */
const actions: Readonly<Record<string, (invocation: Invocation) => Promise<CommandResult>>> = {
  list,
  show,
  verify: async (invocation) => (await import('../lib/runsActions.ts')).verify(invocation),
  diff: async (invocation) => (await import('../lib/runsActions.ts')).diff(invocation),
  reproduce: async (invocation) => (await import('../lib/runsActions.ts')).reproduce(invocation),
  export: async (invocation) => (await import('../lib/runsActions.ts')).exportTo(invocation),
  index: async (invocation) => (await import('../lib/runsActions.ts')).index(invocation),
};

export default defineCommand({
  id: 'runs',
  summary: 'list, show, verify, compare, reproduce, export or index runs',
  task: 'results',
  about:
    '`list` names the runs of the data root; `show` prints one with its stages and findings; `verify` checks its files; `diff` says in ' +
    'what configuration, code, data, metrics and findings two runs differ; `reproduce` makes a run again in a scratch folder and ' +
    'compares every file; `export` copies all its files, with checksums and a note on how to check them, into a folder of --to for ' +
    'somebody else; `index` renews reports/index.html, the sortable list of all reports. Only `export` and `index` write outside the cache.',
  no: 'a file differs from its record (verify), or the run made again is not equal (reproduce)',
  args: [
    { name: 'action', help: Object.keys(actions).join(', '), choices: Object.keys(actions) },
    { name: 'id', help: 'run id, for all but list and index', isOptional: true, completes: 'run' },
    { name: 'other', help: 'second run id, for diff', isOptional: true, completes: 'run' },
  ],
  flags: [
    { name: 'to', value: 'DIR', help: 'absent or empty folder', only: ['export'], completes: 'folder' },
    { name: 'deep', help: 'decode every value of every table', only: ['verify'] },
    { name: 'plugins', value: 'DIR', help: 'folder with your own units', repeat: true, only: ['verify', 'reproduce'], completes: 'folder' },
    { name: 'archive-url', value: 'URL', help: 'server to ask for raw months that are not in the lake', only: ['reproduce'] },
    { name: 'workers', value: 'N', help: 'threads for symbols', shown: 'as many as the work is worth', only: ['reproduce'] },
  ],
  seeAlso: ['run', 'verify'],
  examples: [
    'backtest runs list',
    'backtest runs show btcusdt-plus1-20210101-20221231-0123abcd',
    'backtest runs diff btcusdt-20210101-20221231-0123abcd btcusdt-20210101-20221231-4567cdef',
    'backtest runs reproduce btcusdt-20210101-20221231-0123abcd',
    'backtest runs export btcusdt-20210101-20221231-0123abcd --to ./for-review',
    'backtest runs index',
  ],
  run: async (invocation) => {
    const result = await actions[invocation.args[0]!]!(invocation);
    await invocation.effects.http.close();
    return result;
  },
});

/** Records of all runs; one that cannot be read is named with what is wrong with it. */
async function knownRuns(invocation: Invocation): Promise<{ records: RunRecord[]; damaged: { run_id: string; problem: string }[] }> {
  const { files } = invocation.effects;
  const paths = lakePaths(invocation.dataRoot);
  const records: RunRecord[] = [];
  const damaged: { run_id: string; problem: string }[] = [];
  for (const run_id of await runIds(files, paths)) {
    const found = await inspectRunRecord(files, paths, run_id);
    if (found.state === 'whole') records.push(found.value);
    else if (found.state !== 'absent') damaged.push({ run_id, problem: found.problem });
  }
  return { records, damaged };
}

async function list(invocation: Invocation) {
  runArguments(invocation, 0);
  const { records, damaged } = await knownRuns(invocation);
  const days = (record: RunRecord) => `${formatDay(record.config.start)} to ${formatDay(record.config.end)}`;
  const strategies = (record: RunRecord) => record.config.strategies.map(({ id }) => id).join(',');
  return {
    data: [
      ...records.map((record) => ({
        run_id: record.run_id,
        status: record.status,
        symbols: record.config.symbols,
        start: formatDay(record.config.start),
        end: formatDay(record.config.end),
        strategies: record.config.strategies.map(({ id }) => id),
        tree_hash: record.tree_hash,
      })),
      ...damaged.map((run) => ({ ...run, status: 'damaged' })),
    ],
    text: [
      records.length === 0 && damaged.length === 0
        ? 'no runs yet; try: backtest run --source sample --symbols BTCUSDT --start 2023-01-01 --end 2024-12-31'
        : textTable(
            ['run', 'status', 'symbols', 'days', 'strategies'],
            records.map((record) => [record.run_id, record.status, record.config.symbols.join(','), days(record), strategies(record)]),
          ),
      ...damaged.map((run) => `${run.run_id}: its record is damaged: ${run.problem}`),
    ].join('\n'),
  };
}

async function show(invocation: Invocation) {
  const [id] = runArguments(invocation, 1);
  const { record, manifests } = await readRun(invocation.effects.files, lakePaths(invocation.dataRoot), id);
  const findings = manifests.flatMap((manifest) => manifest.findings.map((finding) => ({ stage: manifest.stage, ...finding })));
  return {
    data: { ...record, manifests },
    text: [
      `${id}: ${record.status}${record.reason === null ? '' : ` (${record.reason})`}`,
      `Tree hash: ${record.tree_hash ?? 'not finished'}`,
      '',
      textTable(
        ['stage', 'files', 'findings', 'key'],
        manifests.map((manifest) => [manifest.stage, String(manifest.outputs.length), String(manifest.findings.length), manifest.key.slice(0, 12)]),
        [1, 2],
      ),
      ...(findings.length === 0
        ? []
        : ['', ...findings.map((finding) => `${finding.severity} ${finding.code} ${finding.subject}: ${finding.message}`)]),
    ].join('\n'),
  };
}
