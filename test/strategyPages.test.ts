import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Unit } from '../src/core/define.ts';
import type { Strategy } from '../src/core/intent.ts';
import { openRegistry } from '../src/registry/discover.ts';
import { projectRoot } from './support/shared.ts';

const document = readFileSync(join(projectRoot, 'docs/strategies.md'), 'utf8');
const pages = new Map(
  document
    .split(/^## /m)
    .slice(1)
    .map((page) => [page.slice(0, page.indexOf('\n')), page]),
);
const strategies = await openRegistry().loadAll<Strategy & Unit>('strategy');

describe.each([...strategies.values()].map((strategy) => [strategy.id, strategy] as const))('docs/strategies.md has a page of %s', (id, strategy) => {
  const page = pages.get(id) ?? '';

  it('that lists its parameters with their defaults, and no others', () => {
    const listed = [...page.matchAll(/^\| `(\w+)` \| (\S+) \| .+ \|$/gm)].map(([, name, value]) => [name, value]);
    expect(listed).toEqual(Object.entries(strategy.params).map(([name, param]) => [name, String(param.default)]));
  });

  it.each(['Hypothesis.', 'Rules.', 'When it should fail.', 'What happened.'])('that says: %s', (heading) => {
    expect(page).toContain(`\n**${heading}** `);
  });
});
