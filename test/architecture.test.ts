import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './support/shared.ts';

/** The authority on the floor plan of ARCHITECTURE.md: a folder may import from lower floors only. */
const floors: Record<string, number> = {
  core: 0,
  market: 1,
  stats: 1,
  venues: 2,
  lake: 2,
  engine: 3,
  strategies: 3,
  overlays: 3,
  features: 3,
  formula: 3,
  governance: 4,
  research: 4,
  portfolio: 4,
  registry: 5,
  report: 5,
  stages: 6,
  sweep: 6,
  cli: 7,
  bench: 7,
  library: 7,
  dashboard: 7,
};

/** Folders of units: no unit imports a sibling of its own kind. */
const unitFolders = ['strategies', 'features', 'portfolio/allocators', 'portfolio/gates', 'report/sections', 'cli/commands', 'venues/sources'];

/** Words that only some folders may use, and why. */
const guarded: readonly { word: RegExp; allowed: readonly string[] }[] = [
  { word: /\bDate\.now\b|\bperformance\.now\b/, allowed: ['lake/realEffects.ts'] },
  { word: /\bMath\.random\b/, allowed: [] },
  { word: /\bprocess\.env\b/, allowed: ['cli/main.ts'] },
  { word: /\bconsole\./, allowed: [] },
  { word: /(?<![.\w])fetch\(/, allowed: [] },
  { word: /from 'undici'|import\('undici'\)/, allowed: ['venues/http.ts'] },
];

/** Edges that the floor plan forbids and that stay, each with its reason. */
const exceptions: Record<string, string> = {
  'src/index.ts': 'the library’s table of contents re-exports from every floor',
};

/** Only these write to the file system (the one write path, and DuckDB’s own writer). */
const writers = ['lake/realEffects.ts'];

const files = readdirSync(join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
  .filter((file) => !/\/testing\/|testFixtures\.ts$/.test(file))
  .sort();
const text = new Map(files.map((file) => [file, readFileSync(join(projectRoot, file), 'utf8')]));

const importsOf = (file: string): string[] =>
  [...text.get(file)!.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
    relative(projectRoot, resolve(projectRoot, dirname(file), match[1]!)),
  );
const floorOf = (file: string) => floors[file.split('/')[1]!];

describe('the floor plan', () => {
  it('knows every folder', () => {
    const unknown = files.filter((file) => file.split('/').length > 2 && floorOf(file) === undefined);
    expect(unknown).toEqual([]);
  });

  it('has no import from a higher floor', () => {
    const upward = files
      .filter((file) => exceptions[file] === undefined)
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => floorOf(target)! > floorOf(file)!)
          .map((target) => `${file} -> ${target}`),
      );
    expect(upward).toEqual([]);
  });

  it('keeps simulation and research away from storage and network', () => {
    const leaks = files
      .filter((file) => [3, 4].includes(floorOf(file)!))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => floorOf(target) === 2)
          .map((target) => `${file} -> ${target}`),
      );
    expect(leaks).toEqual([]);
  });

  it('lets no unit import a sibling of its own kind', () => {
    const siblings = files.flatMap((file) => {
      const folder = unitFolders.find((candidate) => dirname(file) === `src/${candidate}`);
      if (folder === undefined) return [];
      return importsOf(file)
        .filter((target) => dirname(target) === `src/${folder}`)
        .map((target) => `${file} -> ${target}`);
    });
    expect(siblings).toEqual([]);
  });

  it('has no circle of imports', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done' || !text.has(file)) return;
      if (state.get(file) === 'open') {
        circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const target of importsOf(file)) visit(target, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('leaves clock, chance, environment and network to their folders', () => {
    const uses = guarded.flatMap(({ word, allowed }) =>
      files
        .filter((file) => word.test(code(text.get(file)!)) && !allowed.includes(file.slice('src/'.length)))
        .map((file) => `${file}: ${word.source}`),
    );
    expect(uses).toEqual([]);
  });

  it('writes files in one place only', () => {
    const found = files.filter(
      (file) =>
        /\b(writeFile|writeFileSync|appendFile|createWriteStream|openSync)\b/.test(code(text.get(file)!)) &&
        !writers.includes(file.slice('src/'.length)),
    );
    expect(found).toEqual([]);
  });

  it('has no file over 400 lines', () => {
    expect(files.filter((file) => text.get(file)!.split('\n').length > 400)).toEqual([]);
  });

  it('documents every public statistic with its source', () => {
    const undocumented = files
      .filter((file) => file.startsWith('src/stats/') && !file.endsWith('index.ts'))
      .flatMap((file) =>
        [...text.get(file)!.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?export function (\w+)/g)]
          .filter((match) => !/@source/.test(match[1] ?? ''))
          .map((match) => `${file}: ${match[2]}`),
      );
    expect(undocumented.filter((line) => !/require|check|finiteOrNull|sumOver|orderScratch|blockLists/.test(line))).toEqual([]);
  });

  it('names only vectors that exist', () => {
    const ids = (
      JSON.parse(readFileSync(join(projectRoot, 'test/golden/statistics-vectors.json'), 'utf8')) as { vectors: { id: string }[] }
    ).vectors.map(({ id }) => id);
    const unknown = files.flatMap((file) =>
      [...text.get(file)!.matchAll(/@vector (\S+)/g)]
        .filter((match) => !ids.some((id) => id.startsWith(match[1]!.replace(/\*$/, ''))))
        .map((match) => `${file}: ${match[1]}`),
    );
    expect(unknown).toEqual([]);
  });
});

/** The text without comments and strings, so that prose never counts as use. */
function code(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
