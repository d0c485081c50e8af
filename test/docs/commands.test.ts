import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/lib/command.ts';
import { parseCommand } from '../../src/cli/lib/parse.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { anchorsOf, backtestArguments, blocksOf, commandsOf, documents, documentText, firstCells, frontDocuments } from '../support/documents.ts';
import { removeFolders } from '../support/pipeline.ts';
import { isRun, runDocument } from '../support/runDocument.ts';
import { projectRoot } from '../support/shared.ts';

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

  const runnable = documents.filter((name) => frontDocuments.includes(name) && isRun(name));
  it.concurrent.each(runnable)('%s: those marked to be run end as it says', runDocument, 180_000);
});
