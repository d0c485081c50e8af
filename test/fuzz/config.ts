import { isAppError } from '../../src/core/errors.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { Files } from '../../src/core/effects.ts';
import type { Invocation } from '../../src/cli/lib/command.ts';
import { readLayers } from '../../src/cli/lib/configLayers.ts';
import { resolveRunConfig } from '../../src/stages/lib/runConfig.ts';
import strategy from '../../src/strategies/vol_compression_v1.ts';
import { fuzz, type FuzzResult } from '../support/fuzz.ts';

const tokens = [
  '&a ¦*a¦<<: ¦!!js/function ¦!!binary ¦--- ¦...\n¦%YAML 1.1\n¦? ¦| ¦>-\n¦"\\x00"¦{{¦[[[[¦~¦.nan¦.inf¦-.inf¦no¦yes¦0o17¦0x1f¦1_000¦1e999¦-1¦12:30:45',
  '__proto__: {polluted: 1}\n¦constructor: {prototype: {polluted: 1}}\n¦prototype: 1\n¦toString: 1\n¦strategy_params: {__proto__: {x: 1}}\n¦symbols: [X]\n',
  '../../etc/passwd¦C:\\¦2023-02-30¦2023-01-01T00:00:00Z',
].flatMap((line) => line.split('¦'));

const base =
  'symbols: [BTCUSDT]\nstart: 2023-01-01\nend: 2023-01-31\nsource: sample\nstrategy_params:\n  vol_compression_v1:\n    max_hold_bars: 24\n';

/** True when the text gives a configuration, false when it is refused as the user's mistake (exit 2), otherwise what is wrong. */
export async function judgeConfig(bytes: Buffer): Promise<boolean | string> {
  let verdict: boolean | string;
  try {
    const request = await read(bytes);
    const config = await resolveRunConfig(request, {
      strategy: async (id, given) => resolveParams(id, strategy.params, given),
      studies: () => Promise.resolve([]),
      policies: () => Promise.resolve([]),
      overlays: () => Promise.resolve({ overlays: [], parents: [] }),
      portfolio: () => Promise.reject(new Error('no portfolio was asked for')),
    });
    verdict = foreignPrototype(request, 'the request') ?? foreignPrototype(config, 'the configuration') ?? true;
  } catch (error) {
    verdict = isAppError(error) && error.exit === 2 ? false : `ended with ${String(error).slice(0, 200)}`;
  }
  const isIntact = Object.getOwnPropertyNames(Object.prototype).length === prototypeNames && !('polluted' in {});
  return isIntact ? verdict : 'the prototype of all objects was changed';
}

export function fuzzConfig(count: number, seed: number): Promise<FuzzResult> {
  return fuzz('config', count, seed, { limitMs: 200, isText: true, tokens, maxBytes: 32_768 }, judgeConfig);
}

const prototypeNames = Object.getOwnPropertyNames(Object.prototype).length;

/** The request of two configuration files: a sound one and then the text. */
async function read(bytes: Buffer): Promise<Readonly<Record<string, unknown>>> {
  const content: Record<string, Buffer> = { 'base.yaml': Buffer.from(base), 'fuzz.yaml': bytes };
  const files = {
    stat: async (path: string) => ({ size: content[path]!.length, isFile: true, isDirectory: false }),
    read: async (path: string) => content[path]!,
  } as unknown as Files;
  return (await readLayers({ flags: { config: Object.keys(content) }, effects: { files } } as unknown as Invocation)).request;
}

/** Where a mapping has another prototype than every plain object, in words. */
function foreignPrototype(value: unknown, where: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return `${where} has a foreign prototype`;
  for (const [key, item] of Object.entries(value)) {
    const found = foreignPrototype(item, `${where}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
