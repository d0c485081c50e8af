import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The repository's root. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const shared = join(projectRoot, '..', 'shared');

/** Folder of the reference system's results, or null where they are not to be had. */
export const goldenFolder: string | null = existsSync(join(shared, 'golden', 'headline.json')) ? join(shared, 'golden') : null;

export interface ArchiveServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the imitation of the public archive, or returns null where it is not to be had. */
export async function serveArchive(options: Record<string, unknown> = {}): Promise<ArchiveServer | null> {
  const file = join(shared, 'data', 'serve-archive.mjs');
  if (!existsSync(file)) return null;
  const { serve } = (await import(pathToFileURL(file).href)) as { serve(options: Record<string, unknown>): Promise<ArchiveServer> };
  return serve({ port: 0, ...options });
}

/** Says once why tests of real data are not run here. */
export function noteMissing(what: string): void {
  process.stderr.write(`not run here: ${what} needs ../shared, which is absent\n`);
}
