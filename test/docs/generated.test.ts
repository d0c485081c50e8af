import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, documentText } from '../support/documents.ts';
import { projectRoot } from '../support/shared.ts';

interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly file: string;
  readonly doc: { readonly summary: string };
  readonly mentions: readonly string[];
}
interface Source {
  readAreas(root: string): { readonly title: string; readonly entries: readonly Entry[] }[];
}
const { readAreas } = (await import(join(projectRoot, 'scripts', 'docs', 'source.mjs'))) as Source;
const areas = readAreas(projectRoot);
const entries = areas.flatMap((area) => area.entries);
const exported = new Set(entries.map(({ name }) => name));

describe('documents made from the sources', () => {
  it('are what docstrings, units and vectors make of them', () => {
    const run = () => execFileSync(process.execPath, [join(projectRoot, 'scripts', 'docs.mjs'), '--check'], { encoding: 'utf8', stdio: 'pipe' });
    expect(run).not.toThrow();
  });

  it('stay small enough to be read', () => {
    const made = documents.filter((name) => /^docs\/(api|methods)/.test(name));
    expect(made.length).toBeGreaterThan(5);
    for (const name of made) expect(statSync(join(projectRoot, name)).size, name).toBeLessThan(512 * 1024);
  });
});

describe('the library', () => {
  it('says of every value what it is', () => {
    expect(entries.filter(({ kind, doc }) => kind !== 'type' && doc.summary === '').map(({ name }) => name)).toEqual([]);
  });

  it('exports every type that its declarations mention', () => {
    const declared = new Set(
      sourceFiles('src').flatMap((file) => [...documentText(file).matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(([, name]) => name!)),
    );
    // The report's model mentions whatever a report shows; sections read it, nobody makes one.
    const bound = areas.filter(({ title }) => title !== 'Report sections').flatMap((area) => area.entries);
    const missing = bound.flatMap(({ name, mentions }) =>
      mentions.filter((type) => declared.has(type) && !exported.has(type)).map((type) => `${type} (of ${name})`),
    );
    expect(missing).toEqual([]);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true })
    .map((name) => `${folder}/${String(name)}`)
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|\/testing\/|\/index\.ts$/.test(name));
}
