import { expect, test } from 'vitest';

import { type Host, requireHost } from '../../../build/host.ts';

const good: Host = { platform: 'linux', architecture: 'x64', glibc: '2.36', fetchesPackages: false };

test.each([
  ['macOS', { ...good, platform: 'darwin', glibc: undefined }, 'this is darwin'],
  ['musl', { ...good, glibc: undefined }, 'no glibc'],
  ['an old glibc', { ...good, glibc: '2.31' }, 'glibc 2.31 is too old'],
  ['another architecture', { ...good, architecture: 'arm64' }, 'this machine is arm64'],
  ['an unknown architecture', { ...good, architecture: 'riscv64' }, 'this machine is riscv64'],
])('%s is refused, with the way to build it in Docker', (_name, host, reason) => {
  expect(() => {
    requireHost(host, 'x64');
  }).toThrow(reason);
  expect(() => {
    requireHost(host, 'x64');
  }).toThrow('docker build --platform linux/amd64 -f docker/Dockerfile.agent');
});

test('a newer major version of glibc is not old', () => {
  expect(() => {
    requireHost({ ...good, glibc: '3.0', architecture: process.arch }, 'x64');
  }).not.toThrow('too old');
});

test('one that has the package sources of Debian can build for the other architecture', () => {
  expect(() => {
    requireHost({ ...good, fetchesPackages: true }, 'arm64');
  }).not.toThrow();
});
