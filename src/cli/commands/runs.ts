import { AppError } from '../../core/errors.ts';
import { formatDay } from '../../core/time.ts';
import { lakePaths } from '../../lake/paths.ts';
import { readManifest, readRunRecord, type RunRecord } from '../../stages/lib/manifests.ts';
import { defineCommand, type Invocation } from '../lib/command.ts';
import { textTable } from '../lib/output.ts';

export default defineCommand({
  id: 'runs',
  summary: 'list runs, or show one with its stages, artifacts and findings',
  args: [
    { name: 'action', help: 'list or show', choices: ['list', 'show'] },
    { name: 'id', help: 'run id, for show', isOptional: true },
  ],
  examples: ['backtest runs list', 'backtest runs show btcusdt-plus1-20210101-20221231-0123abcd'],
  run: (invocation) => (invocation.args[0] === 'list' ? list(invocation) : show(invocation)),
});

async function knownRuns(invocation: Invocation): Promise<RunRecord[]> {
  const { files } = invocation.effects;
  const paths = lakePaths(invocation.dataRoot);
  const records: RunRecord[] = [];
  for (const name of await files.list(paths.runs())) {
    if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) continue;
    const record = await readRunRecord(files, paths, name);
    if (record !== null) records.push(record);
  }
  return records;
}

async function list(invocation: Invocation) {
  const records = await knownRuns(invocation);
  const days = (record: RunRecord) => `${formatDay(record.config.start)} to ${formatDay(record.config.end)}`;
  const strategies = (record: RunRecord) => record.config.strategies.map(({ id }) => id).join(',');
  return {
    data: records.map((record) => ({
      run_id: record.run_id,
      status: record.status,
      symbols: record.config.symbols,
      start: formatDay(record.config.start),
      end: formatDay(record.config.end),
      strategies: record.config.strategies.map(({ id }) => id),
      tree_hash: record.tree_hash,
    })),
    text:
      records.length === 0
        ? 'no runs yet; try: backtest run --source sample --symbols BTCUSDT --start 2023-01-01 --end 2024-12-31'
        : textTable(
            ['run', 'status', 'symbols', 'days', 'strategies'],
            records.map((record) => [record.run_id, record.status, record.config.symbols.join(','), days(record), strategies(record)]),
          ),
  };
}

async function show(invocation: Invocation) {
  const id = invocation.args[1];
  if (id === undefined) throw new AppError('E_USAGE', { problem: 'runs show needs a run id; `backtest runs list` shows them' });
  const { files } = invocation.effects;
  const paths = lakePaths(invocation.dataRoot);
  const records = await knownRuns(invocation);
  const record = records.find(({ run_id }) => run_id === id);
  if (record === undefined) throw new AppError('E_RUN_UNKNOWN', { runId: id, available: records.map(({ run_id }) => run_id).join(', ') || 'none' });
  const manifests = [];
  for (const stage of record.stages) {
    const manifest = await readManifest(files, paths, id, stage);
    if (manifest !== null) manifests.push(manifest);
  }
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
