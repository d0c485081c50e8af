import { AppError } from '../../core/errors.ts';
import { countText } from '../../governance/audit/why.ts';
import { promotedStates } from '../../governance/lifecycle/states.ts';
import { subjectKey } from '../../governance/lifecycle/state.ts';
import type { PromotionResult, SubjectState } from '../../governance/records.ts';
import { type AskedOverride, decideSubject, type Decided, type Judgement, judgeSubject, moveSubject } from '../../stages/lib/governanceDecide.ts';
import { changeGovernance, withWholeLedger } from '../../stages/lib/governanceState.ts';
import { findNamed, type FoundSubject, parseSubject } from '../../stages/lib/governanceSubjects.ts';
import { overlayVerdict, verdictOf, writeVerdict } from '../../stages/lib/governanceVerdict.ts';
import type { CommandResult, Invocation } from './command.ts';
import { choiceFlag, dayFlag, governanceOptions, nameOf, roleOf, textFlag } from './governanceInvocation.ts';

const subjectWords = 'subject such as edge:vc_core, overlay:quiet_hours@2 or portfolio:starter';

export const promoteActions = {
  check,
  decide,
  override,
  suspend: (invocation: Invocation) => move(invocation, 'SUSPENDED'),
  revoke: (invocation: Invocation) => move(invocation, 'REJECTED'),
  archive: (invocation: Invocation) => move(invocation, 'ARCHIVED'),
  'overlay-check': overlayCheck,
};

async function check(invocation: Invocation): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  return withWholeLedger(governanceOptions(invocation), async (tools) => {
    const subject = findNamed(tools, name);
    const judgement = await judgeSubject(tools, subject, judgeOptions(invocation));
    return answer(subject, judgement, await verdictOf(tools, subject, judgement));
  });
}

async function decide(invocation: Invocation): Promise<CommandResult> {
  textFlag(invocation, 'to');
  return take(invocation, null);
}

async function override(invocation: Invocation): Promise<CommandResult> {
  textFlag(invocation, 'to');
  const codes = textFlag(invocation, 'codes')
    .split(',')
    .map((code) => code.trim())
    .filter((code) => code !== '');
  return take(invocation, { codes, reason: textFlag(invocation, 'reason'), expires: dayFlag(invocation, 'expires') });
}

async function take(invocation: Invocation, asked: AskedOverride | null): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  const actorRole = roleOf(invocation);
  return changeGovernance(governanceOptions(invocation), async (tools) => {
    const subject = findNamed(tools, name);
    const decided = await decideSubject(tools, subject, { ...judgeOptions(invocation), override: asked, actorRole });
    const { paths } = await writeVerdict(tools, subject, await verdictOf(tools, subject, decided));
    const { decision, open } = decided;
    const { text } = answer(subject, decided);
    return {
      data: { ...documentOf(subject, decided), decision, open_codes: open, written: paths },
      text: [text, '', decisionText(subject, decided), ...paths].join('\n'),
      exit: decision === null ? 1 : 0,
    };
  });
}

function decisionText({ ref }: FoundSubject, { decision, evaluation, open }: Decided): string {
  const what = subjectKey(ref);
  if (decision === null) return `${what} stays ${evaluation.from}: ${open.join(', ')}`;
  const by = decision.override === null ? '' : `, by an override of ${decision.override.failed_codes.join(', ')} until ${decision.override.expires}`;
  return `${what} is ${decision.to}: decision ${decision.id}${by}`;
}

async function move(invocation: Invocation, to: SubjectState): Promise<CommandResult> {
  const name = parseSubject(nameOf(invocation, subjectWords));
  const reason = textFlag(invocation, 'reason');
  const actorRole = roleOf(invocation);
  return changeGovernance(governanceOptions(invocation), async (tools) => {
    const { record, ref } = findNamed(tools, name);
    const what = subjectKey(ref);
    if (record === null) throw new AppError('E_GOVERNANCE', { what, problem: 'it is not registered', remedy: 'There is nothing to take back.' });
    const { from } = await moveSubject(tools, record, { to, reason, actorRole });
    return { data: { subject: record.ref, from, to, reason }, text: `${what} was ${from} and is ${to}: ${reason}` };
  });
}

async function overlayCheck(invocation: Invocation): Promise<CommandResult> {
  if (invocation.args.length > 1) throw new AppError('E_USAGE', { problem: 'overlay-check takes no subject; name the overlay with --overlay' });
  const name = parseSubject(`overlay:${textFlag(invocation, 'overlay').trim()}`);
  return changeGovernance(governanceOptions(invocation), async (tools) => {
    const subject = findNamed(tools, name);
    const { file, paths } = await writeVerdict(tools, subject, await overlayVerdict(tools, subject, judgeOptions(invocation)));
    const lines = file.reasons.map(({ scope, code, reason }) => `  [${scope}] ${code}: ${reason}`);
    return {
      data: file,
      text: [`${file.verdict}: ${file.overlay}, ${file.checked_evidence_runs} evidence runs`, ...lines, '', ...paths].join('\n'),
      exit: file.verdict === 'PASS_PROMOTION' ? 0 : 1,
    };
  });
}

function judgeOptions(invocation: Invocation): Parameters<typeof judgeSubject>[2] {
  return { to: choiceFlag(invocation, 'to', promotedStates), policy: (invocation.flags['policy'] as string | undefined) ?? null };
}

function documentOf({ ref }: FoundSubject, { given, evaluation }: Judgement): Record<string, unknown> {
  return { subject: ref, policy: { id: given.policy.id, version: given.policy.version }, ...evaluation };
}

function answer(subject: FoundSubject, judgement: Judgement, verdict?: { readonly trust: string }): CommandResult {
  const { evaluation, given } = judgement;
  const { from, to, results, failed } = evaluation;
  const head = `${subjectKey(subject.ref)}  ${from} to ${to}  ${evaluation.verdict}, ${countText(results)}, policy ${given.policy.id}@${given.policy.version}`;
  return {
    data: { ...documentOf(subject, judgement), ...(verdict === undefined ? {} : { trust: verdict.trust }) },
    text: [head, ...results.map(resultText)].join('\n'),
    exit: failed.length === 0 ? 0 : 1,
  };
}

function resultText({ code, pass, message }: PromotionResult): string {
  return `  ${pass === null ? '-   ' : pass ? 'pass' : 'FAIL'}  ${code.padEnd(26)} ${message}`;
}
