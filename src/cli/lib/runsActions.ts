import { resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { diffRuns, type RunDiff } from '../../stages/lib/diffRuns.ts';
import { exportRun } from '../../stages/lib/exportRun.ts';
import { reproduceRun } from '../../stages/lib/reproduceRun.ts';
import { writeReportIndex } from '../../stages/lib/reportIndex.ts';
import { verifyLake } from '../../stages/lib/verifyLake.ts';
import { auditResult, sizeText } from './auditText.ts';
import type { CommandResult, Invocation } from './command.ts';
import { textTable } from './output.ts';
import { runArguments } from './runArguments.ts';
import { progressReporter } from './progress.ts';
import { pluginsOf, wholeFlag } from './runRequest.ts';

export async function verify(invocation: Invocation): Promise<CommandResult> {
  const { effects, dataRoot, flags, signal } = invocation;
  const [runId] = runArguments(invocation, 1);
  return auditResult(await verifyLake({ effects, dataRoot, plugins: pluginsOf(flags), isDeep: flags['deep'] === true, runId, signal }));
}

export async function diff(invocation: Invocation): Promise<CommandResult> {
  const [a, b] = runArguments(invocation, 2);
  const found = await diffRuns(invocation.effects, invocation.dataRoot, a, b);
  return { data: found, text: diffText(found) };
}

function diffText(found: RunDiff): string {
  const show = (value: unknown) => (value === null ? '-' : String(value));
  const short = (value: unknown) => show(value).slice(0, 12);
  const section = (title: string, empty: string, table: string | null) => [title, table ?? `  ${empty}`, ''];
  const tableOr = (rows: readonly string[][], header: readonly string[], right: readonly number[] = []) =>
    rows.length === 0 ? null : textTable(header, rows, right);
  const metrics = found.metrics.filter(({ key, a, b }) => !key.includes('.') || a !== b);
  return [
    `a: ${found.a}`,
    `b: ${found.b}`,
    '',
    ...section(
      'Configuration',
      'the same',
      tableOr(
        found.config.map(({ key, a, b }) => [key, show(a), show(b)]),
        ['key', 'a', 'b'],
      ),
    ),
    ...section(
      'Code',
      'the same',
      tableOr(
        found.units.map(({ key, a, b }) => [key, short(a), short(b)]),
        ['unit', 'a', 'b'],
      ),
    ),
    ...section(
      'Data',
      'no stages',
      tableOr(
        found.data.map(({ stage, a, b, files }) => [stage, short(a), short(b), files.length === 0 ? 'the same' : `${files.length} files differ`]),
        ['stage', 'a', 'b', 'outputs'],
      ),
    ),
    ...section(
      'Metrics',
      'none',
      tableOr(
        metrics.map(({ key, a, b, difference }) => [key, show(a), show(b), difference === 0 ? '' : show(difference)]),
        ['key', 'a', 'b', 'b - a'],
        [1, 2, 3],
      ),
    ),
    ...section('Findings', 'the same', found.findings.length === 0 ? null : found.findings.map(findingLine).join('\n')),
  ].join('\n');
}

function findingLine(finding: RunDiff['findings'][number]): string {
  return `  only in ${finding.in}: ${finding.stage} ${finding.severity} ${finding.text}`;
}

export async function reproduce(invocation: Invocation): Promise<CommandResult> {
  const { effects, dataRoot, flags, signal } = invocation;
  const [runId] = runArguments(invocation, 1);
  const found = await reproduceRun(
    {
      effects,
      dataRoot,
      signal,
      plugins: pluginsOf(flags),
      archiveUrl: (flags['archive-url'] as string | undefined) ?? null,
      workers: wholeFlag(flags, 'workers', null, 1),
      lockTimeoutMs: 0,
      progress: progressReporter(invocation),
    },
    runId,
  );
  const code = found.changedCode.length === 0 ? [] : [`code changed since the run: ${found.changedCode.join(', ')}`];
  const text = found.isEqual
    ? [`${found.runId}: reproduced, tree hash ${found.made}`]
    : [
        `${found.runId}: not equal; stored tree hash ${found.stored}, made now ${found.made}`,
        ...found.differing.map(({ path, stored, made }) => `  ${path}: ${stored === null ? 'new' : made === null ? 'not made' : 'differs'}`),
      ];
  return { data: found, text: [...text, ...code].join('\n'), exit: found.isEqual ? 0 : 1 };
}

export async function exportTo(invocation: Invocation): Promise<CommandResult> {
  const [runId] = runArguments(invocation, 1);
  const to = invocation.flags['to'];
  if (typeof to !== 'string') throw new AppError('E_USAGE', { problem: 'runs export needs --to DIR, an absent or empty folder' });
  const found = await exportRun(invocation.effects, invocation.dataRoot, runId, resolve(to));
  return {
    data: { ...found, to },
    text: `${found.runId}: ${found.files} files, ${sizeText(found.bytes)}, in ${to} (sha256sum -c SHA256SUMS checks them)`,
  };
}

/** The list of reports, renewed. */
export async function index(invocation: Invocation): Promise<CommandResult> {
  runArguments(invocation, 0);
  const { path, runs, isChanged } = await writeReportIndex(invocation.effects, invocation.dataRoot);
  const unreadable = runs.filter(({ status }) => status === 'unreadable').length;
  return {
    data: { path, runs, is_changed: isChanged },
    text: `${path}: ${runs.length} runs${unreadable === 0 ? '' : `, ${unreadable} of which cannot be read`}${isChanged ? '' : ' (nothing changed)'}`,
  };
}
