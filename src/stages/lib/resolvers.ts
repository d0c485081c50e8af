import type { Unit } from '../../core/define.ts';
import type { Strategy } from '../../core/intent.ts';
import { resolveParams } from '../../core/params.ts';
import type { Registry } from '../../registry/discover.ts';
import type { Resolvers } from './runConfig.ts';
import { loadStudies, type SpecFolders } from './specs.ts';

/** Names of a request looked up where they are known: units in the registry, documents in their folders. */
export function resolversOf(registry: Registry, specs: SpecFolders): Resolvers {
  return {
    strategy: async (id, given) => {
      registry.find('strategy', id);
      return resolveParams(id, (await registry.load<Strategy & Unit>('strategy', id)).params, given);
    },
    studies: (ids) => loadStudies(specs, ids),
  };
}
