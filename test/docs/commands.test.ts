import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/lib/command.ts';
import { parseCommand } from '../../src/cli/lib/parse.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { cli, writeFiles } from '../support/cli.ts';
import {
  anchorsOf,
  backtestArguments,
  type Block,
  blocksOf,
  commandsOf,
  documents,
  documentText,
  firstCells,
  frontDocuments,
} from '../support/documents.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { noteMissing, projectRoot, serveArchive } from '../support/shared.ts';

afterAll(removeFolders);

describe('links of the documents', () => {
  it.each(documents)('%s: every relative link leads somewhere', (name) => {
    const prose = documentText(name).replaceAll(/^```.*?^```/gms, '');
    for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split('#') as [string, string | undefined];
      const file = path === '' ? name : join(dirname(name), path);
      if (frontDocuments.includes(file) && !existsSync(join(projectRoot, file))) continue;
      expect(existsSync(join(projectRoot, file)), `${name}: ${target!}`).toBe(true);
      if (anchor !== undefined && file.endsWith('.md')) expect(anchorsOf(file), `${name}: ${target!}`).toContain(anchor);
    }
  });
});

describe('README.md', () => {
  it('is one page, with a picture of a report that loads fast', () => {
    expect(documentText('README.md').split('\n').length).toBeLessThan(150);
    const picture = readFileSync(join(projectRoot, 'docs', 'report.png'));
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.readUInt32BE(16)).toBe(1280);
    expect(picture.length).toBeLessThan(300_000);
  });

  it('names every command and no other', () => {
    const named = firstCells('README.md', 'Commands').map((cell) => /^backtest (\w+)/.exec(cell!)?.[1] ?? cell!);
    expect(named.sort()).toEqual([...openRegistry().ids('command')].sort());
  });
});

describe('commands of the documents', () => {
  const registry = openRegistry();

  it.each(documents)('%s: every one parses', async (name) => {
    for (const block of blocksOf(name).filter(({ language, mark }) => language === 'sh' && !mark.startsWith('run: exit'))) {
      for (const line of commandsOf(block)) {
        const [id, ...argv] = backtestArguments(line) ?? ['--help'];
        if (id!.startsWith('--')) continue;
        const command = await registry.load<Command>('command', id!);
        expect((await parseCommand(command, argv)).kind, line).toMatch(/run|help/);
      }
    }
  });

  const runnable = documents.filter((name) => blocksOf(name).some(({ mark }) => mark.startsWith('run')));
  it.concurrent.each(runnable)(
    '%s: those marked to be run end as it says',
    async (name) => {
      const folder = temporaryFolder();
      const blocks = blocksOf(name);
      for (const { mark, body } of blocks) if (mark.startsWith('file: ')) writeFiles(folder, { [mark.slice(6).trim()]: body });
      for (const block of blocks.filter(({ mark }) => mark.startsWith('run'))) await runBlock(name, block, folder);
      for (const block of blocks.filter(({ mark }) => mark === 'sql')) expect(await answer(block.body, folder)).toBe(block.output);
      for (const block of blocks.filter(({ mark }) => mark === 'js')) expect(runProgram(block.body, folder)).toMatchObject({ status: 0, stderr: '' });
    },
    180_000,
  );

  async function runBlock(name: string, block: Block, folder: string): Promise<void> {
    const exit = Number(/^run: exit (\d+)$/.exec(block.mark)?.[1] ?? 0);
    const mirror = block.mark === 'run: mirror' ? await serveArchive() : null;
    if (block.mark === 'run: mirror' && mirror === null) return noteMissing(`the mirror in ${name}`);
    const commands = commandsOf(block);
    expect(commands, `${name} runs a block without commands`).not.toEqual([]);
    try {
      for (const line of commands) {
        const args = backtestArguments(line.replace('http://127.0.0.1:8123', mirror?.url ?? ''))!;
        const result = await cli(args, { cwd: folder, env: { BACKTEST_DATA_ROOT: join(folder, 'data') } });
        expect(result.exit, `${line}\n${result.stderr}`).toBe(exit);
      }
    } finally {
      await mirror?.close();
    }
  }
});

/** Runs a program in a folder where the package is not installed. */
function runProgram(program: string, folder: string): SpawnSyncReturns<string> {
  const library = pathToFileURL(join(projectRoot, 'dist', 'index.js')).href;
  writeFiles(folder, { 'program.mjs': program.replaceAll('@perp/backtest', library) });
  return spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
}

/** What the last statement of an SQL block says: names, then rows, cells apart by bars. */
async function answer(sql: string, folder: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql.replaceAll("'data/", `'${folder}/data/`));
    const rows = [reader.columnNames(), ...reader.getRowsJson()];
    return `${rows.map((row) => row.join(' | ')).join('\n')}\n`;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
