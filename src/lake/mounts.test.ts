import { describe, expect, it } from 'vitest';
import { isNetworkMount, mountOf } from './mounts.ts';

const mounts = [
  'overlay / overlay rw 0 0',
  '/dev/sda1 /data ext4 rw 0 0',
  'server:/export /data/lake nfs4 rw 0 0',
  '//nas/share /mnt/my\\040share cifs rw 0 0',
  'host: /mnt/remote fuse.sshfs rw 0 0',
  '/dev/sdb1 /data/lake ext4 rw 0 0',
].join('\n');

describe('mountOf', () => {
  it.each([
    ['/home/a', '/', 'overlay'],
    ['/data', '/data', 'ext4'],
    ['/data/lakeside', '/data', 'ext4'],
    ['/mnt/my share/x', '/mnt/my share', 'cifs'],
  ])('finds the mount of %s', (path, point, type) => {
    expect(mountOf(mounts, path)).toEqual({ point, type });
  });

  it('takes the later of two mounts on one point', () => {
    expect(mountOf(mounts, '/data/lake/raw')?.type).toBe('ext4');
  });

  it('knows nothing where there is no list', () => {
    expect(mountOf('', '/data')).toBeNull();
  });

  it.each([
    ['nfs', true],
    ['nfs4', true],
    ['cifs', true],
    ['fuse.sshfs', true],
    ['9p', true],
    ['ext4', false],
    ['overlay', false],
    ['fuse.ntfs-3g', false],
    ['tmpfs', false],
  ])('%s on the network: %s', (type, isNetwork) => {
    expect(isNetworkMount({ point: '/', type })).toBe(isNetwork);
  });
});
