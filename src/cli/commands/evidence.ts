import { evidenceRoles } from '../../governance/records.ts';
import { defineCommand } from '../lib/command.ts';
import { evidenceActions } from '../lib/evidenceActions.ts';
import { governanceFlags, writerFlags } from '../lib/governanceInvocation.ts';

export default defineCommand({
  id: 'evidence',
  summary: 'attach runs to edges, overlays and portfolios, and hash them again',
  task: 'research',
  about:
    'Evidence is a finished run in a role. `attach` makes its record from the run itself (window, symbols, costs, code, configuration, numbers with their ' +
    'places), hashes every file and writes the digest into the ledger; nothing is typed. `verify` hashes everything again, of one subject or of all. `show` ' +
    'prints the numbers and where they come from; what files merely claim is UNVERIFIED_LEGACY.',
  args: [
    { name: 'action', help: 'attach, verify or show', choices: ['attach', 'verify', 'show'] },
    { name: 'subject', help: 'KIND:ID or KIND:ID@VERSION; verify checks all without one', isOptional: true },
  ],
  flags: [
    { name: 'run', value: 'ID', help: 'the finished run', only: ['attach'], completes: 'run' },
    { name: 'role', value: 'ROLE', help: evidenceRoles.join(', '), only: ['attach'] },
    ...governanceFlags,
    ...writerFlags(['attach']),
  ],
  examples: [
    'backtest evidence attach edge:vc_core --run vc-2023 --role validation',
    'backtest evidence verify',
    'backtest evidence show edge:vc_core --json',
  ],
  no: 'evidence is missing, damaged, stale or outside its plan',
  seeAlso: ['promote', 'audit', 'runs'],
  run: async (invocation) => {
    await invocation.effects.http.close();
    return evidenceActions[invocation.args[0] as keyof typeof evidenceActions](invocation);
  },
});
