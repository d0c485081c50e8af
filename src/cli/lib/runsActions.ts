import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { diffRuns, type RunDiff } from '../../stages/lib/diffRuns.ts';
import { exportRun } from '../../stages/lib/exportRun.ts';
import { reproduceRun } from '../../stages/lib/reproduceRun.ts';
import { verifyLake } from '../../stages/lib/verifyLake.ts';
import { auditResult, sizeText } from './auditText.ts';
import type { CommandResult, Invocation } from './command.ts';
import { idArgument } from './idArgument.ts';
import { textTable } from './output.ts';
import { reportProgress } from './prepareRun.ts';
import { pluginsOf, wholeFlag } from './runRequest.ts';

export async function verify(invocation: Invocation): Promise<CommandResult> {
  const { effects, dataRoot, flags, signal } = invocation;
  const runId = idArgument(invocation);
  return auditResult(await verifyLake({ effects, dataRoot, plugins: pluginsOf(flags), isDeep: flags['deep'] === true, runId, signal }));
}

export async function diff(invocation: Invocation): Promise<CommandResult> {
  const found = await diffRuns(invocation.effects, invocation.dataRoot, idArgument(invocation), idArgument(invocation, 2));
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
  const found = await reproduceRun(
    {
      effects,
      dataRoot,
      signal,
      plugins: pluginsOf(flags),
      archiveUrl: (flags['archive-url'] as string | undefined) ?? null,
      workers: wholeFlag(flags, 'workers', availableParallelism(), 1),
      lockTimeoutMs: 0,
      progress: (event) => reportProgress(invocation, event),
    },
    idArgument(invocation),
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
  const to = invocation.flags['to'];
  if (typeof to !== 'string') throw new AppError('E_USAGE', { problem: 'runs export needs --to DIR, an absent or empty folder' });
  const found = await exportRun(invocation.effects, invocation.dataRoot, idArgument(invocation), resolve(to));
  return {
    data: { ...found, to },
    text: `${found.runId}: ${found.files} files, ${sizeText(found.bytes)}, in ${to} (sha256sum -c SHA256SUMS checks them)`,
  };
}
