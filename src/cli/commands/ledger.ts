import type { LedgerEntry } from '../../governance/ledger/entry.ts';
import { contains } from '../../governance/ledger/chain.ts';
import { lakePaths } from '../../lake/paths.ts';
import { inspectLedger, readLedger } from '../../stages/lib/ledgerFile.ts';
import { recordedHeads } from '../../stages/lib/recordedHeads.ts';
import type { CommandResult, Invocation } from '../lib/command.ts';
import { defineCommand } from '../lib/command.ts';
import { wholeFlag } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'ledger',
  summary: 'check and list the ledger of everything that was tried',
  task: 'research',
  about:
    'Every backtest, study, policy and sweep is an entry of governance/ledger.jsonl, each holding the hash of the one above. `verify` recomputes the ' +
    'chain and compares it with the heads that runs recorded; `log` lists entries, newest first; `head` prints where the chain ends.',
  args: [{ name: 'action', help: 'verify, log or head', choices: ['verify', 'log', 'head'] }],
  flags: [{ name: 'limit', value: 'N', help: 'entries to list', shown: '20', only: ['log'] }],
  examples: ['backtest ledger verify', 'backtest ledger log --limit 5', 'backtest ledger head --json'],
  no: 'an entry was edited, removed or moved, or the end of the ledger is gone',
  seeAlso: ['runs', 'verify'],
  run: async (invocation) => {
    await invocation.effects.http.close();
    const [action] = invocation.args;
    return action === 'verify' ? verify(invocation) : action === 'log' ? log(invocation) : head(invocation);
  },
});

async function verify({ dataRoot, effects }: Invocation): Promise<CommandResult> {
  const paths = lakePaths(dataRoot);
  const { chain, anchor } = await inspectLedger(effects.files, paths);
  const problems = chain.problems.map(({ line, message }) => `line ${line}: ${message}`);
  if (chain.problems.length === 0) {
    if (!contains(chain, anchor)) problems.push(`entry ${anchor.seq} (${anchor.hash.slice(0, 12)}) has been written and is gone`);
    for (const { runId, head: recorded } of await recordedHeads(effects.files, paths))
      if (!contains(chain, recorded))
        problems.push(`run ${runId} began after entry ${recorded.seq} (${recorded.hash.slice(0, 12)}), which is not in the chain`);
  }
  const notes = chain.torn === null ? [] : ['the last line is cut short; it was never part of the ledger and goes with the next entry'];
  const isWhole = problems.length === 0;
  return {
    data: { whole: isWhole, entries: chain.entries.length, head: chain.head, problems, notes },
    text: [isWhole ? `whole: ${chain.entries.length} entries, head ${chain.head.hash.slice(0, 12)}` : 'broken', ...problems, ...notes].join('\n'),
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

function lineOf({ seq, at, body }: LedgerEntry): string {
  const what =
    body.t === 'TRIALS'
      ? `${body.trials} ${body.trials === 1 ? 'trial' : 'trials'} of ${body.hypothesis}: ${body.kind} ${body.subject}, run ${body.run_id}, ${body.result.metric} ${body.result.value === null ? '-' : Number(body.result.value.toPrecision(3))}${body.result.verdict === null ? '' : `, ${body.result.verdict}`}`
      : body.t === 'HOLDOUT_OPENED'
        ? `holdout of ${body.hypothesis} opened by ${body.subject}, run ${body.run_id}`
        : `hypothesis ${body.hypothesis} registered`;
  return `${String(seq).padStart(5)}  ${at.slice(0, 19)}Z  ${what}`;
}
