import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCpuMax, readCgroupLimits } from '../../../../../src/agent/detect/container/cgroup.ts';
import { folderWith } from '../../../../support/folder.ts';

const noLimit = { cpus: undefined, memoryBytes: undefined };

test('version 2: the tightest limit up to the root holds', () => {
  const root = folderWith({
    'proc/self/cgroup': '0::/pod/container\n',
    'sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
    'sys/fs/cgroup/pod/memory.max': '1073741824\n',
    'sys/fs/cgroup/pod/container/cpu.max': 'max 100000\n',
    'sys/fs/cgroup/pod/container/memory.max': '2147483648\n',
  });
  expect(readCgroupLimits(root)).toEqual({ cpus: 1.5, memoryBytes: 1_073_741_824 });
});

test('version 1 in a container that sees its own cgroup at the root', () => {
  const root = folderWith({
    'proc/self/cgroup': '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '536870912\n',
  });
  expect(readCgroupLimits(root)).toEqual({ cpus: 0.5, memoryBytes: 536_870_912 });
});

test('no limit set, and no cgroups at all', () => {
  const root = folderWith({
    'proc/self/cgroup': '0::/\n3:cpu:/\n',
    'sys/fs/cgroup/cpu.max': 'max 100000\n',
    'sys/fs/cgroup/memory.max': 'max\n',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  });
  expect(readCgroupLimits(root)).toEqual(noLimit);
  expect(readCgroupLimits(folderWith({}))).toEqual(noLimit);
});

test('garbage in place of numbers sets no limit', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cpus = parseCpuMax(text);
      expect(cpus === undefined || cpus > 0).toBe(true);
    }),
  );
});
