import { auditActions } from '../lib/auditActions.ts';
import { defineCommand } from '../lib/command.ts';
import { governanceFlags } from '../lib/governanceInvocation.ts';

const actions = Object.keys(auditActions);

export default defineCommand({
  id: 'audit',
  summary: 'say why something is approved, and what would make it fall',
  task: 'research',
  about:
    '`why` draws the chain from an approval to its decision, evidence, hypothesis and artifacts, hashing and judging everything again. `why-not` names the ' +
    'smallest set of codes in the way of the next step, and what would help. `depends-on` lists approvals that fall when a file, run, unit of code, data ' +
    'snapshot or policy changes. `drift` compares files, ledger and code; `stale` proposes suspensions; `multiplicity` counts what was tried; `coverage` ' +
    'shows what the approved subjects cover.',
  args: [
    { name: 'action', help: actions.join(', '), choices: actions },
    {
      name: 'what',
      help: 'a subject for why and why-not, anything for depends-on',
      isOptional: true,
      only: ['why', 'why-not', 'depends-on'],
    },
  ],
  flags: [
    { name: 'to', value: 'STATE', help: 'CANDIDATE, VALIDATED or APPROVED', shown: 'the next state', only: ['why-not'] },
    { name: 'policy', value: 'ID', help: 'promotion policy (ID or ID@VERSION)', shown: 'the one for its kind', only: ['why-not'] },
    ...governanceFlags,
  ],
  examples: [
    'backtest audit why edge:vc_core@1',
    'backtest audit why-not edge:vc_core',
    'backtest audit depends-on vol_compression_v1',
    'backtest audit stale --json',
  ],
  no: 'something behind the answer does not verify, blocks the step, differs or is stale',
  seeAlso: ['promote', 'evidence', 'ledger'],
  run: async (invocation) => {
    await invocation.effects.http.close();
    return auditActions[invocation.args[0] as keyof typeof auditActions](invocation);
  },
});
