import { describe, expect, test } from 'vitest';
import { findMount, mountOf } from '../../../../src/agent/files/mount-of.ts';

const list = `21 1 0:20 / / ro,relatime - overlay overlay rw,lowerdir=/x
22 21 0:21 / /tmp rw,nosuid,noexec shared:5 master:1 - tmpfs tmpfs rw,size=64k
23 21 0:22 / /mnt/my\\040disk rw - ext4 /dev/sdb ro
24 22 0:23 / /tmp rw,nosuid - tmpfs tmpfs rw
`;

describe('the mount of a path', () => {
  test.each([
    ['/opt/attune', '/', 'ro'],
    ['/tmpfile', '/', 'ro'],
    ['/mnt/my disk/packs', '/mnt/my disk', 'ro'],
    ['/tmp/x', '/tmp', 'nosuid'],
  ])('%s lies on %s with %s', (path, point, option) => {
    const mount = findMount(list, path);
    expect(mount?.point).toBe(point);
    expect(mount?.options).toContain(option);
  });

  test('a later mount hides an earlier one at the same point', () => {
    expect(findMount(list, '/tmp')?.options).not.toContain('noexec');
  });

  test('text that is no list has none', () => {
    expect(findMount('\nnonsense\n', '/tmp')).toBeUndefined();
  });

  test('/proc of this machine is proc', () => {
    expect(mountOf('/proc')).toMatchObject({ point: '/proc', type: 'proc' });
  });

  test('a path that is not there has none', () => {
    expect(mountOf('/nonexistent/folder')).toBeUndefined();
  });
});
