import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { removeFolders, temporaryFolder } from './support/pipeline.ts';
import { projectRoot } from './support/shared.ts';

const folder = join(projectRoot, 'examples');
const document = readFileSync(join(folder, 'README.md'), 'utf8');
/** File, arguments and documented output of each example. */
const examples = [...document.matchAll(/^<!-- example: (\S+)(?: ([^\n]+))? -->\n```text\n(.*?)^```/gms)].map(
  ([, file, args, output]) => [file!, args ?? '', output!] as const,
);

afterAll(removeFolders);

/** Runs an example with the built library, in a folder of its own. */
function run(file: string, args: readonly string[], cwd: string): Promise<{ exit: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, file), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

describe('examples', () => {
  it('are all documented, and short', () => {
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => /\.(mjs|ts)$/.test(name));
    expect(examples.map(([file]) => file).sort()).toEqual(files.filter((name) => name.endsWith('.mjs')).sort());
    for (const name of files) expect(readFileSync(join(folder, name), 'utf8').split('\n').length, name).toBeLessThan(60);
  });

  it.each(examples)('%s prints what its documentation shows', async (file, args, output) => {
    const cwd = temporaryFolder();
    const words = args.split(' ').map((word) => (word === 'DATA_ROOT' ? join(cwd, 'data') : word));
    expect(await run(file, words, cwd)).toEqual({ exit: 0, stdout: output, stderr: '' });
    expect(readdirSync(cwd)).toEqual(args === '' ? [] : ['data']);
  });
});
