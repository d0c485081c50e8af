import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpecBook } from '../../src/governance/documents/book.ts';
import { loadSpecBook } from '../../src/stages/lib/governanceSpecs.ts';
import { specFolders } from '../../src/stages/lib/specs.ts';
import { openRegistry } from '../../src/registry/discover.ts';
import { removeFolders, temporaryFolder } from '../support/pipeline.ts';
import { command, effects } from './command.ts';
import { forgeries } from './forgeries.ts';

/** Reliability specification, hostile edge or overlay specifications: 60 forged, 60 refused, each with its code. */

const folder = temporaryFolder();
let book: SpecBook;
let took = 0;

beforeAll(async () => {
  for (const { kind, file, bytes } of forgeries) {
    mkdirSync(join(folder, kind), { recursive: true });
    writeFileSync(join(folder, kind, file), bytes);
  }
  const started = process.cpuUsage();
  book = await loadSpecBook(specFolders(effects.files, folder), openRegistry());
  took = process.cpuUsage(started).user / 1_000;
});
afterAll(removeFolders);

describe('forged specifications', () => {
  it('are sixty', () => {
    expect(forgeries).toHaveLength(60);
    expect(new Set(forgeries.map(({ what }) => what)).size).toBe(60);
  });

  it.each(forgeries)('refuses $what', ({ kind, file, codes }) => {
    const refused = book.refused.find((spec) => spec.file === join(folder, kind, file));
    const errors = refused?.findings.filter(({ severity }) => severity === 'error') ?? [];
    expect([...new Set(errors.map(({ code }) => code))].sort(), JSON.stringify(errors)).toEqual(codes);
    for (const { message, remedy } of errors) expect([message.length > 5, remedy.length > 5]).toEqual([true, true]);
  });

  it('take nothing from the documents beside them', () => {
    expect(book.overlays.map(({ id }) => id)).toHaveLength(3);
    expect(book.edges.map(({ id }) => id)).toEqual(['vc_conservative', 'vc_core', 'vc_return_tilt']);
    expect([book.hypotheses.length, book.experiments.length, book.policies.length]).toEqual([2, 2, 3]);
    expect(book.refused).toHaveLength(60);
  });

  it('change no prototype and cost little time', () => {
    expect(({} as { status?: string }).status).toBeUndefined();
    expect(took).toBeLessThan(60 * 200);
  });

  it('make lint say no, with every finding at once', async () => {
    const { exit, data } = await command(['overlays', 'lint', '--specs', folder]);
    const own = forgeries.filter(({ kind }) => kind === 'overlays');
    const { findings } = data as { findings: readonly { file: string; severity: string }[] };
    expect(exit).toBe(1);
    expect(new Set(findings.filter(({ severity }) => severity === 'error').map(({ file }) => file)).size).toBe(own.length);
  });
});
