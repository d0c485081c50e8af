import { acquireLock } from '../../lake/lock.ts';
import { lakePaths } from '../../lake/paths.ts';
import { collectGarbage, removeGarbage } from '../../stages/lib/collectGarbage.ts';
import { sizeText } from '../lib/auditText.ts';
import { defineCommand } from '../lib/command.ts';
import { wholeFlag } from '../lib/runRequest.ts';

export default defineCommand({
  id: 'gc',
  summary: 'list files that nothing refers to, and remove them with --apply',
  task: 'checks',
  about:
    'Lists files below the data root that no manifest, run record or provenance names: what interrupted processes left, outputs of ' +
    'replaced runs, cached columns of tables that are gone. Without --apply nothing is changed; files that cannot be judged are kept.',
  seeAlso: ['verify', 'doctor'],
  flags: [
    { name: 'apply', help: 'remove them; without it nothing is changed' },
    { name: 'lock-timeout', value: 'S', help: 'seconds to wait for a run on the same lake', shown: '60' },
  ],
  examples: ['backtest gc', 'backtest gc --json', 'backtest gc --apply'],
  run: async ({ effects, dataRoot, flags, signal }) => {
    const { files, clock, uniqueName } = effects;
    const isApplied = flags['apply'] === true;
    const timeoutMs = wholeFlag(flags, 'lock-timeout', 60, 0) * 1000;
    await effects.http.close();
    const paths = lakePaths(dataRoot);
    if ((await files.stat(paths.root)) === null)
      return { data: { applied: isApplied, bytes: 0, items: [], kept: [] }, text: `there is no ${paths.root}` };
    // With the lock held nobody is publishing: what no manifest names now, nobody is about to name.
    const lock = await acquireLock({ files, clock, path: paths.lock(), uniqueName, timeoutMs, signal });
    try {
      const { items, kept } = await collectGarbage(effects, dataRoot);
      if (isApplied) await removeGarbage(effects, dataRoot, items);
      const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
      const total = `${items.length} ${items.length === 1 ? 'file' : 'files'}, ${bytes} bytes (${sizeText(bytes)})`;
      const text = [
        ...items.map((item) => `${item.path}  ${sizeText(item.bytes)}  ${item.reason}`),
        ...kept.map((item) => `kept ${item.path}: ${item.reason}`),
        isApplied ? `removed ${total}` : `would remove ${total}${items.length === 0 ? '' : '; --apply removes them'}`,
      ];
      return { data: { applied: isApplied, bytes, items, kept }, text: text.join('\n') };
    } finally {
      await lock.release();
    }
  },
});
