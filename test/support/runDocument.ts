import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';
import { cli, writeFiles } from './cli.ts';
import { backtestArguments, type Block, blocksOf, commandsOf } from './documents.ts';
import { temporaryFolder } from './pipeline.ts';
import { noteMissing, projectRoot, serveArchive } from './shared.ts';

/** Whether a document has blocks that are to be run. */
export const isRun = (name: string): boolean => blocksOf(name).some(({ mark }) => mark.startsWith('run'));

/** Runs the marked blocks of a document in a folder of their own; fails where one does not end as the document says. */
export async function runDocument(name: string): Promise<void> {
  const folder = temporaryFolder();
  const blocks = blocksOf(name);
  for (const { mark, body } of blocks) if (mark.startsWith('file: ')) writeFiles(folder, { [mark.slice(6).trim()]: body });
  for (const block of blocks.filter(({ mark }) => mark.startsWith('run'))) await runBlock(name, block, folder);
  for (const block of blocks.filter(({ mark }) => mark === 'sql')) expect(await answer(block.body, folder)).toBe(block.output);
  for (const block of blocks.filter(({ mark }) => mark === 'js')) expect(runProgram(block.body, folder)).toMatchObject({ status: 0, stderr: '' });
}

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
