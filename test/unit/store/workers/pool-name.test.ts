import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capabilities } from '../../../../src/contract/capability.ts';
import { plainName } from '../../../../src/contract/names.ts';
import {
  capabilityHash,
  derivedPoolName,
  suffixedPoolName,
} from '../../../../src/store/workers/pool-name.ts';

const base: Capabilities = {
  runtimes: [{ name: 'python', version: '3.12.1', path: '/usr/bin/python3' }, { name: 'shell' }],
  labels: { zone: 'a', gpu: 'true' },
  architecture: 'x86_64',
  libc: 'glibc',
  cpus: 2,
  memory_bytes: 1000,
  gpus: ['A100', 'T4'],
};

describe('capability hash', () => {
  test.each<[string, Partial<Capabilities>]>([
    ['the order of runtimes', { runtimes: base.runtimes.toReversed() }],
    ['the path of an interpreter', { runtimes: base.runtimes.map(({ path: _path, ...runtime }) => runtime) }],
    ['the order of labels', { labels: { gpu: 'true', zone: 'a' } }],
    ['the order of GPUs', { gpus: base.gpus.toReversed() }],
    ['the size of the machine', { cpus: 64, memory_bytes: 1e12 }],
    ['the distribution', { distribution: 'alpine 3.20' }],
  ])('does not depend on %s', (_, change) => {
    expect(capabilityHash({ ...base, ...change })).toBe(capabilityHash(base));
  });

  test.each<[string, Partial<Capabilities>]>([
    ['a version', { runtimes: [{ name: 'python', version: '3.12.2' }, { name: 'shell' }] }],
    ['a runtime', { runtimes: base.runtimes.slice(0, 1) }],
    ['a label', { labels: { zone: 'b', gpu: 'true' } }],
    ['the architecture', { architecture: 'aarch64' }],
    ['the C library', { libc: 'musl' }],
    ['a GPU', { gpus: ['A100'] }],
  ])('depends on %s', (_, change) => {
    expect(capabilityHash({ ...base, ...change })).not.toBe(capabilityHash(base));
  });
});

describe('pool name', () => {
  test('names each runtime once, in order', () => {
    const runtimes = ['shell', 'python', 'python', 'node'].map((name) => ({ name }));
    expect(derivedPoolName({ ...base, runtimes }, '1a2b3c4d')).toBe('node-python-shell-1a2b3c4d');
    expect(derivedPoolName({ ...base, runtimes: [] }, '1a2b3c4d')).toBe('native-1a2b3c4d');
  });

  test('is always one that a queue may have', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 40 }), (names) => {
        const runtimes = names.map((name) => ({ name }));
        const pool = derivedPoolName({ ...base, runtimes }, '1a2b3c4d');
        expect(plainName.safeParse(pool).error).toBeUndefined();
      }),
    );
    expect(plainName.safeParse(suffixedPoolName('p'.repeat(128), '1a2b3c4d')).success).toBe(true);
  });
});
