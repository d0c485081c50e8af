import type { Feature } from '../core/define.ts';
import type { Unit } from '../core/define.ts';
import type { Strategy } from '../core/intent.ts';
import { openRegistry } from '../registry/discover.ts';

/** Every built-in feature by its id. Features of your own join with `new Map([...await builtInFeatures(), [mine.id, mine]])`. */
export async function builtInFeatures(): Promise<Map<string, Feature>> {
  return openRegistry().loadAll<Feature>('feature');
}

/** Every built-in strategy by its id. */
export async function builtInStrategies(): Promise<Map<string, Strategy>> {
  return openRegistry().loadAll<Strategy & Unit>('strategy');
}
