import { type Shell, completionScripts } from '../lib/completionScripts.ts';
import { defineCommand } from '../lib/command.ts';

const shells = Object.keys(completionScripts);

export default defineCommand({
  id: 'completion',
  summary: 'print the completion script of a shell',
  task: 'tools',
  about:
    'Prints a script that makes the Tab key complete commands, flags, strategies, symbols, run ids and files. Source it in the ' +
    'start-up file of your shell. It writes nothing itself; when Tab is pressed the shell asks `backtest complete`, so ' +
    'strategies of --plugins and runs of --data-root on the same line are known too.',
  args: [{ name: 'shell', help: shells.join(', '), choices: shells }],
  examples: ['backtest completion bash', 'backtest completion zsh', 'backtest completion fish', 'backtest completion powershell'],
  seeAlso: ['doctor'],
  run: (invocation) => {
    const shell = invocation.args[0] as Shell;
    const script = completionScripts[shell];
    return Promise.resolve({ data: { shell, script }, text: script });
  },
});
