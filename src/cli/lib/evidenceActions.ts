import { AppError } from '../../core/errors.ts';
import { subjectKey, type SubjectRecord } from '../../governance/lifecycle/state.ts';
import { type CheckedEvidence } from '../../governance/promotion/promotionCase.ts';
import { evidenceRoles } from '../../governance/records.ts';
import { attachEvidence, checkEvidence } from '../../stages/lib/governanceEvidence.ts';
import { changeGovernance, type GovernanceTools, withWholeLedger } from '../../stages/lib/governanceState.ts';
import { findNamed, type FoundSubject, parseSubject, policyFor } from '../../stages/lib/governanceSubjects.ts';
import type { CommandResult, Invocation } from './command.ts';
import { choiceFlag, governanceOptions, nameOf, roleOf, textFlag } from './governanceInvocation.ts';
import { textTable } from './output.ts';

const subjectWords = 'subject such as edge:vc_core';

export const evidenceActions = { attach, verify, show };

async function attach(invocation: Invocation): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  const runId = textFlag(invocation, 'run');
  const role = choiceFlag(invocation, 'role', evidenceRoles);
  if (role === null) throw new AppError('E_USAGE', { problem: `attach needs --role: ${evidenceRoles.join(', ')}` });
  const actorRole = roleOf(invocation);
  return changeGovernance(governanceOptions(invocation), async (tools) => {
    const subject = findNamed(tools, name);
    const { evidence, isNew } = await attachEvidence(tools, subject, { runId, role, actorRole });
    const { id, metrics, artifacts } = evidence;
    return {
      data: { evidence, is_new: isNew },
      text: [
        `${id}: run ${runId} is ${role} evidence of ${subjectKey(subject.ref)}${isNew ? '' : ' (it was already)'}, ${artifacts.length} artifacts`,
        ...metrics.map(({ metric, value, unit }) => `  ${metric.padEnd(28)} ${value === null ? '-' : Number(value.toPrecision(6))} ${unit}`),
      ].join('\n'),
    };
  });
}

async function verify(invocation: Invocation): Promise<CommandResult> {
  const [, given] = invocation.args;
  const name = given === undefined ? null : parseSubject(nameOf(invocation, subjectWords));
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const records = name === null ? [...tools.state.subjects.values()] : recordsOf(findNamed(tools, name));
    const checked = await Promise.all(
      records.map(async (record) => ({ record, pieces: await checkEvidence(tools, record, options(tools, record)) })),
    );
    const rows = checked.flatMap(({ record, pieces }) => pieces.map((piece) => ({ subject: subjectKey(record.ref), ...rowOf(piece) })));
    const bad = rows.filter(({ health }) => health !== 'VERIFIED');
    return {
      data: { verified: bad.length === 0, evidence: rows },
      text: [
        rows.length === 0
          ? 'no evidence is attached'
          : textTable(
              ['subject', 'evidence', 'role', 'run', 'health'],
              rows.map(({ subject, id, role, run_id, health }) => [subject, id, role, run_id, health]),
            ),
        ...bad.flatMap(({ id, problems }) => problems.map((problem) => `  ${id}: ${problem}`)),
      ].join('\n'),
      exit: bad.length === 0 ? 0 : 1,
    };
  });
}

/** Age counts by the policy of the subject's kind, where there is one. */
function options(tools: GovernanceTools, { ref }: SubjectRecord): Parameters<typeof checkEvidence>[2] {
  const hasPolicy = tools.book.policies.some(({ id, document }) => document.subject === ref.kind && id === `${ref.kind}-default`);
  return { now: tools.now, freshnessDays: hasPolicy ? policyFor(tools, ref.kind, null).document.freshness_days : null };
}

function recordsOf({ record, ref }: FoundSubject): SubjectRecord[] {
  if (record !== null) return [record];
  throw new AppError('E_GOVERNANCE', { what: subjectKey(ref), problem: 'it is not registered', remedy: 'Only what is registered has evidence.' });
}

function rowOf({ evidence, health, problems, drift, seq, at }: CheckedEvidence) {
  const { id, role, run_id, run_digest, artifacts, facts } = evidence;
  return { id, role, run_id, run_digest, health, problems, changed_code: drift, artifacts: artifacts.length, entry: seq, attached: at, facts };
}

async function show(invocation: Invocation): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const subject = findNamed(tools, name);
    const pieces = subject.record === null ? [] : await checkEvidence(tools, subject.record, options(tools, subject.record));
    const document = subject.spec?.document;
    const claims = document !== undefined && 'run_ids_evidence' in document ? document.run_ids_evidence : [];
    const claimed = claims.map((claim) => ({ ...claim, health: 'UNVERIFIED_LEGACY' as const }));
    const shown = pieces.map((piece) => ({ ...rowOf(piece), metrics: piece.evidence.metrics }));
    return { data: { subject: subject.ref, evidence: shown, claims: claimed }, text: showText(subject, pieces, claimed) };
  });
}

function showText(
  { ref }: FoundSubject,
  pieces: readonly CheckedEvidence[],
  claims: readonly { run_id: string; split: string; health: string }[],
): string {
  const lines = pieces.flatMap(({ evidence, health, problems }) => [
    `${evidence.id}  ${evidence.role}  run ${evidence.run_id}  ${health}`,
    ...problems.map((problem) => `  ${problem}`),
    `  ${evidence.facts.window.start} to ${evidence.facts.window.end}, ${evidence.facts.symbols.join(',')}, ${evidence.facts.accounting}, ${evidence.facts.cost_bps} bps, ${evidence.facts.trust}`,
    ...evidence.metrics.map(({ metric, value, unit, path, pointer }) => `  ${metric.padEnd(28)} ${value ?? '-'} ${unit}  ${path}#${pointer}`),
  ]);
  const told = claims.map(({ run_id, split, health }) => `claimed by the file: run ${run_id} (${split})  ${health}`);
  return [`${subjectKey(ref)}: ${pieces.length} pieces of evidence`, ...lines, ...told].join('\n');
}
