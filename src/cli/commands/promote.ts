import { defineCommand } from '../lib/command.ts';
import { governanceFlags, writerFlags } from '../lib/governanceInvocation.ts';
import { promoteActions } from '../lib/promoteActions.ts';

const actions = Object.keys(promoteActions);
const writing = actions.filter((action) => action !== 'check');
const judging = ['check', 'decide', 'override', 'overlay-check'];

export default defineCommand({
  id: 'promote',
  summary: 'judge, approve, suspend and revoke edges, overlays and portfolios',
  task: 'research',
  about:
    'A subject is KIND:ID or KIND:ID@VERSION. `check` answers every guard and gate of its next step (or --to) on evidence that is hashed again, and changes ' +
    'nothing. `decide` takes the step when all pass: the decision goes to governance/decisions, the transition into the ledger. `override` takes it although ' +
    'codes fail that the policy lists as overridable, with a reason and a last day. `suspend`, `revoke` and `archive` need a reason. `overlay-check` judges ' +
    'an overlay as the reference system’s check does, and writes both verdict files to reports/promotion.',
  args: [
    { name: 'action', help: actions.join(', '), choices: actions },
    { name: 'subject', help: 'edge:ID, overlay:ID or portfolio:ID, @VERSION behind it or not', isOptional: true },
  ],
  flags: [
    { name: 'to', value: 'STATE', help: 'CANDIDATE, VALIDATED or APPROVED', shown: 'the next state', only: judging },
    { name: 'policy', value: 'ID', help: 'promotion policy (ID or ID@VERSION)', shown: 'the one for its kind', only: judging },
    { name: 'reason', value: 'TEXT', help: 'why it is done', only: ['override', 'suspend', 'revoke', 'archive'] },
    { name: 'codes', value: 'A,B', help: 'failing codes to set aside', only: ['override'] },
    { name: 'expires', value: 'DAY', help: 'last day of the override', only: ['override'] },
    { name: 'overlay', value: 'NAME', help: 'overlay to check', only: ['overlay-check'] },
    ...governanceFlags,
    ...writerFlags(writing),
  ],
  examples: [
    'backtest promote check edge:vc_core',
    'backtest promote decide edge:vc_core --to CANDIDATE',
    'backtest promote suspend edge:vc_core@1 --reason "fills are worse than assumed"',
    'backtest promote overlay-check --overlay vol_shock_relaxation_delay30_v1',
  ],
  no: 'a guard or a gate fails; the ledger was not changed',
  seeAlso: ['evidence', 'audit', 'edges', 'overlays'],
  run: async (invocation) => {
    await invocation.effects.http.close();
    return promoteActions[invocation.args[0] as keyof typeof promoteActions](invocation);
  },
});
