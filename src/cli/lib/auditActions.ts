import { AppError } from '../../core/errors.ts';
import { holds, renderTree } from '../../governance/audit/auditCase.ts';
import { coverage, dependsOn, drift, multiplicity, stale } from '../../governance/audit/tables.ts';
import { why } from '../../governance/audit/why.ts';
import { whyNot } from '../../governance/audit/whyNot.ts';
import { promotedStates } from '../../governance/lifecycle/states.ts';
import { subjectKey } from '../../governance/lifecycle/state.ts';
import { auditCase } from '../../stages/lib/governanceAudit.ts';
import { judgeSubject } from '../../stages/lib/governanceDecide.ts';
import { withGovernance, withWholeLedger } from '../../stages/lib/governanceState.ts';
import { findNamed, parseSubject } from '../../stages/lib/governanceSubjects.ts';
import type { CommandResult, Invocation } from './command.ts';
import { choiceFlag, governanceOptions, nameOf } from './governanceInvocation.ts';
import { textTable } from './output.ts';

const subjectWords = 'subject such as edge:vc_core@3';

export const auditActions = {
  why: whyAction,
  'why-not': whyNotAction,
  'depends-on': dependsOnAction,
  drift: driftAction,
  stale: staleAction,
  multiplicity: multiplicityAction,
  coverage: coverageAction,
};

function whyAction(invocation: Invocation): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  return withGovernance(governanceOptions(invocation), async (tools) => {
    const { record, ref } = findNamed(tools, name);
    if (record === null)
      throw new AppError('E_GOVERNANCE', { what: subjectKey(ref), problem: 'the ledger does not know it', remedy: 'Register it first.' });
    const all = await auditCase(tools, (other) => other === record);
    const tree = why(all, all.subjects[0]!);
    return {
      data: { subject: record.ref, holds: holds(tree), trust: all.subjects[0]!.trust, tree },
      text: renderTree(tree),
      exit: holds(tree) ? 0 : 1,
    };
  });
}

function whyNotAction(invocation: Invocation): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  const to = choiceFlag(invocation, 'to', promotedStates);
  const policy = (invocation.flags['policy'] as string | undefined) ?? null;
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const subject = findNamed(tools, name);
    const { given, evaluation } = await judgeSubject(tools, subject, { to, policy });
    const blockers = whyNot(given, evaluation);
    const head = `${subjectKey(subject.ref)}  ${evaluation.from} to ${evaluation.to}: ${blockers.length === 0 ? 'nothing is in the way' : `${blockers.length} in the way`}`;
    return {
      data: { subject: subject.ref, from: evaluation.from, to: evaluation.to, blockers },
      text: [head, ...blockers.flatMap(({ code, message, remedy }) => [`  ${code}: ${message}`, `      ${remedy}`])].join('\n'),
      exit: blockers.length === 0 ? 0 : 1,
    };
  });
}

function dependsOnAction(invocation: Invocation): Promise<CommandResult> {
  const thing = nameOf(invocation, 'artifact, run, unit of code, data snapshot, policy or hypothesis');
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const rows = dependsOn(await auditCase(tools), thing);
    const text = textTable(
      ['subject', 'state', 'through'],
      rows.map((row) => [row.subject, row.state, row.through]),
    );
    return { data: { thing, subjects: rows }, text: rows.length === 0 ? `no approval rests on ${thing}` : text };
  });
}

function driftAction(invocation: Invocation): Promise<CommandResult> {
  return withGovernance(governanceOptions(invocation), async (tools) => {
    const rows = drift(await auditCase(tools));
    const text = rows.map(({ subject, kind, message }) => `${kind.padEnd(12)} ${subject}: ${message}`).join('\n');
    return { data: rows, text: rows.length === 0 ? 'files, ledger and code agree' : text, exit: rows.length === 0 ? 0 : 1 };
  });
}

function staleAction(invocation: Invocation): Promise<CommandResult> {
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const rows = stale(await auditCase(tools));
    const text = rows.flatMap(({ subject, reason, proposal }) => [`${subject}: ${reason}`, `  ${proposal}`]).join('\n');
    return { data: rows, text: rows.length === 0 ? 'no approval is stale' : text, exit: rows.length === 0 ? 0 : 1 };
  });
}

function multiplicityAction(invocation: Invocation): Promise<CommandResult> {
  return withWholeLedger(governanceOptions(invocation), (tools) => {
    const rows = multiplicity(tools.state);
    const show = (value: number | null) => (value === null ? '-' : String(Number(value.toPrecision(3))));
    const text = rows.flatMap((row) => [
      `${row.family}: ${row.trials} trials of ${row.hypotheses.join(', ')}; abandoned ${row.abandoned_experiments.join(', ') || 'none'}; holdouts opened ${row.holdout_openings.length}`,
      ...row.looks.map(({ run_id, subject, trials, p, q }) => `  run ${run_id}  ${subject}  ${trials} trials  p ${show(p)}  q ${show(q)}`),
    ]);
    return Promise.resolve({ data: { ledger_head: tools.state.head, families: rows }, text: text.join('\n') || 'no hypothesis is registered' });
  });
}

function coverageAction(invocation: Invocation): Promise<CommandResult> {
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const found = coverage(await auditCase(tools));
    const groups = (title: string, rows: Readonly<Record<string, readonly string[]>>) => [
      `${title}:${Object.keys(rows).length === 0 ? ' nothing is approved' : ''}`,
      ...Object.entries(rows).map(([key, subjects]) => `  ${key}: ${subjects.join(', ')}`),
    ];
    const text = [
      ...groups('event families', found.event_families),
      ...groups('symbols', found.symbols),
      ...groups('overlap clusters', found.clusters),
      `hypotheses without runs: ${found.hypotheses_without_runs.join(', ') || 'none'}`,
      `runs without hypothesis: ${found.runs_without_hypothesis.join(', ') || 'none'}`,
    ];
    return { data: found, text: text.join('\n') };
  });
}
