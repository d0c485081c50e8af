import { basename } from 'node:path';
import type { Effects } from '../../core/effects.ts';
import { lakePaths } from '../../lake/paths.ts';
import { writeDerived } from '../../lake/writeAtomic.ts';
import { openRegistry, type Registry } from '../../registry/discover.ts';

/** A registry whose compiled plugin files live in the data root's cache. */
export function openRunRegistry(dataRoot: string, plugins: readonly string[], effects: Effects): Registry {
  const folder = `${lakePaths(dataRoot).cache()}/plugins`;
  return openRegistry({
    plugins,
    storePlugin: async (name, code) => {
      const path = `${folder}/${basename(name)}`;
      if ((await effects.files.stat(path)) === null) await writeDerived(effects.files, path, [Buffer.from(code)], effects.uniqueName);
      return path;
    },
  });
}
