import type { SymbolHistory } from '../../portfolio/universe/membership.ts';
import { cleanBarColumns } from '../clean.ts';
import { outputsWith } from './artifacts.ts';
import { openContext } from './openContext.ts';
import { dailyVolume } from './portfolioEdges.ts';
import { portfolioDays } from './portfolioSpan.ts';
import { type RunOptions, runPipeline } from './runPipeline.ts';

/** Runs the pipeline up to clean bars and adds each symbol's volume up by day: all that a universe needs. */
export async function loadVolumes(options: RunOptions): Promise<{ histories: SymbolHistory[]; runId: string }> {
  const { runId, manifests } = await runPipeline({ ...options, until: 'clean' });
  const upstream = Object.fromEntries(manifests.map((manifest) => [manifest.stage, manifest]));
  const { context, close } = await openContext({ ...options, runId, upstream, note: () => {} });
  try {
    const histories: SymbolHistory[] = [];
    for (const symbol of options.config.symbols) {
      const { rows, numbers } = await context.store.read(outputsWith(context, 'clean', `/perp/${symbol}/bars_15m/`), cleanBarColumns);
      const frame = { rows, columns: numbers, openTime: numbers['timestamp']!, isGap: Uint8Array.from(numbers['is_gap']!) };
      histories.push({ symbol, ...dailyVolume(frame, portfolioDays(options.config)) });
    }
    return { histories, runId };
  } finally {
    await close();
  }
}
