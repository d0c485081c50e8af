import type { Files } from '../core/effects.ts';

export interface FoundFile {
  /** Relative to the root of the walk, forward slashes. */
  readonly path: string;
  readonly bytes: number;
}

/** Every file below `root/folder`, in path order; an absent folder is empty. */
export async function* walkFiles(files: Files, root: string, folder: string): AsyncGenerator<FoundFile> {
  for (const name of await files.list(`${root}/${folder}`)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const stat = await files.stat(`${root}/${path}`);
    if (stat === null) continue;
    if (stat.isDirectory) yield* walkFiles(files, root, path);
    else yield { path, bytes: stat.size };
  }
}
