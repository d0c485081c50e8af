import { specFolders } from '../../src/stages/lib/specs.ts';
import { describe, expect, it } from 'vitest';
import { readLayers, resolveLayers } from '../../src/cli/lib/configLayers.ts';
import { type Command, flagsOf, type Invocation } from '../../src/cli/lib/command.ts';
import { commandHelp } from '../../src/cli/lib/help.ts';
import { parseCommand } from '../../src/cli/lib/parse.ts';
import { wordsOf } from '../../src/cli/lib/complete.ts';
import { createFiles } from '../../src/lake/realEffects.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { cli } from '../support/cli.ts';

const registry = openRegistry();
const commands = [...(await registry.loadAll<Command>('command')).values()];
const examples = commands.flatMap(({ id, examples: own = [] }) => own.map((line) => ({ id, line })));

describe('the help of every command teaches', () => {
  it.each(commands)('$id: what it does and where its output lies, in a paragraph', ({ about, task, summary }) => {
    expect(about!.length).toBeGreaterThan(100);
    expect(about).toMatch(/\.$/);
    expect(task).toMatch(/^(run|configure|results|research|checks|tools)$/);
    expect(summary).not.toMatch(/\.$/);
  });

  it.each(commands)('$id: at least two examples, and related commands that exist', ({ id, examples: own = [], seeAlso = [] }) => {
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(new Set(own).size).toBe(own.length);
    expect(seeAlso.length).toBeGreaterThanOrEqual(1);
    expect(seeAlso).not.toContain(id);
    expect(seeAlso.filter((other) => !registry.ids('command').includes(other))).toEqual([]);
  });

  it.each(commands)('$id: every flag and argument with a sentence, in lines of at most a hundred characters', (command) => {
    const text = commandHelp(command);
    for (const { name, value, help } of flagsOf(command)) {
      expect(help.length, name).toBeGreaterThan(8);
      expect(text).toContain(`  --${name}${value === undefined ? ' ' : ` ${value}`}`);
    }
    for (const { name, help } of command.args ?? []) expect(help.length, name).toBeGreaterThan(3);
    const isExample = (line: string) => line.startsWith('  backtest ');
    expect(text.split('\n').filter((line) => line.length > 100 && !isExample(line))).toEqual([]);
    expect(text).toMatch(/\nExit codes:\n {2}0 /);
    expect(text.includes('\n  1    ')).toBe(command.no !== undefined);
  });

  it('names no flag twice', () => {
    for (const command of commands) {
      const names = flagsOf(command).map(({ name }) => name);
      expect(new Set(names).size, command.id).toBe(names.length);
    }
  });
});

describe('every example', () => {
  const argumentsOf = ({ id, line }: { id: string; line: string }) => {
    const [program, command, ...argv] = wordsOf(line);
    expect([program, command]).toEqual(['backtest', id]);
    return argv;
  };

  it.each(examples)('parses: $line', async (example) => {
    const command = commands.find(({ id }) => id === example.id)!;
    expect((await parseCommand(command, argumentsOf(example))).kind).toBe('run');
  });

  it.each(examples.filter(({ id }) => ['run', 'stage', 'config'].includes(id)))('asks for a run that exists: $line', async (example) => {
    const parsed = await parseCommand(
      commands.find(({ id }) => id === example.id)!,
      argumentsOf(example),
    );
    if (parsed.kind === 'help' || parsed.args[0] === 'keys') return;
    const layers = await readLayers({ flags: parsed.flags, effects: { files: createFiles() } } as unknown as Invocation);
    expect((await resolveLayers(layers, registry, specFolders(createFiles(), null))).symbols.length).toBeGreaterThan(0);
  });
});

describe('backtest --help', () => {
  it('groups the commands by task and names a first command to try, which parses', async () => {
    const { stdout } = await cli(['--help']);
    for (const { id, summary } of commands) expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${id} ${summary}`);
    expect(stdout.indexOf('Run a backtest:')).toBeLessThan(stdout.indexOf('Tools:'));
    expect(stdout).not.toContain('More:');
    const tries = [...stdout.matchAll(/try: (backtest .*)/g)].map((match) => match[1]!);
    expect(tries.length).toBeGreaterThanOrEqual(5);
    for (const line of tries) {
      const [, id, ...argv] = wordsOf(line);
      expect((await parseCommand(await registry.load<Command>('command', id!), argv)).kind).toBe('run');
    }
  });

  it('of one command is also had by `backtest help <command>`, and as JSON', async () => {
    const [word, flag] = [await cli(['help', 'run']), await cli(['run', '--help'])];
    expect(word).toEqual(flag);
    const data = JSON.parse((await cli(['runs', '--help', '--json'])).stdout) as { command: string; flags: { name: string }[]; examples: string[] };
    expect(data).toMatchObject({ command: 'runs', exit_codes: { '0': 'done' } });
    expect(data.flags.map(({ name }) => name)).toContain('--data-root');
    const top = JSON.parse((await cli(['--json'])).stdout) as { commands: { command: string; task: string }[] };
    expect(top.commands.map(({ command }) => command)).toEqual(commands.map(({ id }) => id));
  });
});
