import type { LedgerEntry } from '../../governance/ledger/entry.ts';
import { describeBody } from '../../governance/ledger/describe.ts';
import { lakePaths } from '../../lake/paths.ts';
import { writeIndex } from '../../stages/lib/governanceIndex.ts';
import { writeCheckpoint } from '../../stages/lib/governanceRegister.ts';
import { changeGovernance, readGovernance } from '../../stages/lib/governanceState.ts';
import { readLedger } from '../../stages/lib/ledgerFile.ts';
import type { CommandResult, Invocation } from '../lib/command.ts';
import { defineCommand } from '../lib/command.ts';
import { governanceFlags, governanceOptions, roleOf, writerFlags } from '../lib/governanceInvocation.ts';
import { wholeFlag } from '../lib/runRequest.ts';

const actions = ['verify', 'log', 'head', 'checkpoint', 'export'];

export default defineCommand({
  id: 'ledger',
  summary: 'check and list the ledger of everything that was tried',
  task: 'research',
  about:
    'Every backtest, study, policy and sweep is an entry of governance/ledger.jsonl, each holding the hash of the one above. `verify` recomputes the ' +
    'chain and compares it with the heads that runs recorded, and says which entries were not allowed to have an effect; `log` lists entries, newest ' +
    'first; `head` prints where the chain ends; `checkpoint` writes what it all amounts to; `export` writes governance/experiments.yaml and ' +
    'graveyard.yaml, the ledger as people read it, and a page of both.',
  args: [{ name: 'action', help: actions.join(', '), choices: actions }],
  flags: [
    { name: 'limit', value: 'N', help: 'entries to list', shown: '20', only: ['log'] },
    ...governanceFlags.map((flag) => ({ ...flag, only: ['checkpoint', 'export'] })),
    ...writerFlags(['checkpoint', 'export']),
  ],
  examples: ['backtest ledger verify', 'backtest ledger log --limit 5', 'backtest ledger head --json', 'backtest ledger export'],
  no: 'an entry was edited, removed, moved or not allowed, or the end of the ledger is gone',
  seeAlso: ['runs', 'verify'],
  run: async (invocation) => {
    await invocation.effects.http.close();
    const [action] = invocation.args;
    if (action === 'checkpoint') return checkpoint(invocation);
    if (action === 'export') return exportIndex(invocation);
    return action === 'verify' ? verify(invocation) : action === 'log' ? log(invocation) : head(invocation);
  },
});

async function verify({ dataRoot, effects }: Invocation): Promise<CommandResult> {
  const { entries, state, problems, notes } = await readGovernance(effects.files, lakePaths(dataRoot));
  const isWhole = problems.length === 0 && state.problems.length === 0;
  return {
    data: { whole: isWhole, entries: entries.length, head: state.head, problems, notes },
    text: [isWhole ? `whole: ${entries.length} entries, head ${state.head.hash.slice(0, 12)}` : 'broken', ...problems, ...notes].join('\n'),
    exit: isWhole ? 0 : 1,
  };
}

async function log({ dataRoot, effects, flags }: Invocation): Promise<CommandResult> {
  const { entries } = await readLedger(effects.files, lakePaths(dataRoot));
  const shown = entries.slice(-wholeFlag(flags, 'limit', 20, 1)).toReversed();
  return { data: shown, text: shown.length === 0 ? 'the ledger has no entries' : shown.map(lineOf).join('\n') };
}

async function head({ dataRoot, effects }: Invocation): Promise<CommandResult> {
  const { head: end } = await readLedger(effects.files, lakePaths(dataRoot));
  return { data: end, text: `${end.seq} ${end.hash}` };
}

async function checkpoint(invocation: Invocation): Promise<CommandResult> {
  const made = await changeGovernance(governanceOptions(invocation), (tools) => writeCheckpoint(tools, roleOf(invocation)));
  return { data: made, text: `checkpoint ${made.seq} ${made.state_digest}` };
}

async function exportIndex(invocation: Invocation): Promise<CommandResult> {
  const paths = await changeGovernance(governanceOptions(invocation), writeIndex);
  return { data: { written: paths }, text: paths.join('\n') };
}

function lineOf({ seq, at, body }: LedgerEntry): string {
  return `${String(seq).padStart(5)}  ${at.slice(0, 19)}Z  ${describeBody(body)}`;
}
