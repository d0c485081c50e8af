import { availableParallelism, totalmem } from 'node:os';

/** Facts of the host that belong beside a run, never inside its artifacts. */
export function hostFacts(): Record<string, string | number> {
  return { node: process.version, platform: `${process.platform}-${process.arch}`, cores: availableParallelism(), memory_bytes: totalmem() };
}
