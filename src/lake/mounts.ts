/** The file system that holds a path. */
export interface Mount {
  readonly point: string;
  readonly type: string;
}

const networkTypes = /^(nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|davfs|fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|davfs\w*))$/;

/**
 * The mount that a path lies on, from the text of /proc/mounts: the last one with the longest mount point that
 * contains the path. Null when none does.
 */
export function mountOf(mounts: string, path: string): Mount | null {
  let best: Mount | null = null;
  for (const line of mounts.split('\n')) {
    const [, escaped, type] = line.split(' ');
    if (escaped === undefined || type === undefined) continue;
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const isInside = point === '/' || path === point || path.startsWith(`${point}/`);
    if (isInside && point.length >= (best?.point.length ?? 0)) best = { point, type };
  }
  return best;
}

/** True for file systems on other machines, where locks and flushes may not mean what they say. */
export function isNetworkMount({ type }: Mount): boolean {
  return networkTypes.test(type);
}
