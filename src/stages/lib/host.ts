import { availableParallelism, totalmem } from 'node:os';

/** Facts of the host that belong beside a run, never inside its artifacts. */
export function hostFacts(): Record<string, string | number> {
  return { node: process.version, platform: `${process.platform}-${process.arch}`, cores: availableParallelism(), memory_bytes: totalmem() };
}

/** What this process has used so far, all its threads together: CPU time (user and system) in ms, largest resident set in bytes. */
export function processUse(): { readonly cpuMs: number; readonly peakRssBytes: number } {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakRssBytes: maxRSS * 1024 };
}
