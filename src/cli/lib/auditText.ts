import type { Finding } from '../../core/findings.ts';
import type { LakeAudit } from '../../stages/lib/verifyLake.ts';
import type { CommandResult } from './command.ts';

const mostLines = 40;

/** Sizes for people: three digits and a unit. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${step === 0 ? bytes : Number((bytes / 1000 ** step).toPrecision(3))} ${units[step]}`;
}

/** An audit as a command's result: no with any error. */
export function auditResult(audit: LakeAudit): CommandResult {
  const lines = shown(audit.findings);
  for (const run of audit.runs) {
    const errors = run.findings.filter(isError).length;
    lines.push(`run ${run.runId}: ${run.status}, ${run.stages} stages, ${errors === 0 ? 'whole' : `${errors} failures`}`);
    lines.push(...shown(run.findings).map((line) => `  ${line}`));
  }
  const errors = [...audit.findings, ...audit.runs.flatMap(({ findings }) => findings)].filter(isError).length;
  const garbage = audit.findings.filter(({ code }) => code === 'GARBAGE').length;
  const scope = `${audit.runs.length} runs, ${audit.files} files, ${sizeText(audit.bytes)} checked`;
  lines.push(`${scope}: ${errors === 0 ? 'everything is as recorded' : `${errors} failures`}`);
  if (garbage > 0) lines.push(`${garbage} files are garbage; \`backtest gc\` shows what it would remove`);
  if (errors > 0) lines.push(...nextSteps(audit));
  return { data: { is_whole: errors === 0, ...audit }, text: lines.join('\n'), exit: errors === 0 ? 0 : 1 };
}

function nextSteps(audit: LakeAudit): string[] {
  const received = audit.findings.filter((finding) => isError(finding) && finding.subject.includes('/objects/'));
  const folders = [...new Set(received.map(({ subject }) => subject.slice(0, subject.lastIndexOf('/'))))];
  return [
    'next: give the command of a damaged run again with --force: it rebuilds the run and fetches damaged raw months again',
    ...folders.slice(0, mostLines).map((folder) => `next: delete ${folder}; the next run that needs the month fetches it again`),
  ];
}

/** Findings as lines; a long list is cut, errors come first. */
function shown(findings: readonly Finding[]): string[] {
  const lines = findings.slice(0, mostLines).map(lineOf);
  return findings.length <= mostLines ? lines : [...lines, `... and ${findings.length - mostLines} more; --json lists them all`];
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function lineOf({ severity, code, subject, message }: Finding): string {
  return `${severity === 'error' ? 'FAIL' : severity} ${code} ${subject}: ${message}`;
}
