import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { folderWith } from '../../support/folder.ts';
import { sealedProbe } from '../../support/sealed/probe.ts';
import { parsed, start } from '../../support/sealed/run.ts';

/** What steers a Node that is not sealed. */
const steering = {
  NODE_REPL_EXTERNAL_MODULE: '/nonexistent',
  NODE_CHANNEL_FD: '3',
  NODE_DEBUG: 'child_process',
  NODE_DEBUG_NATIVE: 'mksnapshot',
  UV_THREADPOOL_SIZE: '9',
  SIMDUTF_FORCE_IMPLEMENTATION: 'none',
};

/** Each of these stops or bends an ordinary Node. */
const hostile = {
  LD_PRELOAD: '/nonexistent.so',
  LD_LIBRARY_PATH: '/nonexistent',
  LD_BIND_NOW: '1',
  LD_DEBUG: 'all',
  GLIBC_TUNABLES: 'glibc.malloc.check=3:glibc.rtld.nns=999999999999',
  MALLOC_PERTURB_: '255',
  MALLOC_ARENA_MAX: '1',
  NODE_OPTIONS: '--bad --require=/nonexistent.js',
  NODE_ICU_DATA: '/nonexistent',
  NODE_EXTRA_CA_CERTS: '/nonexistent',
  ICU_DATA: '/nonexistent',
  ...steering,
  OPENSSL_CONF: join(import.meta.dirname, '../../fixtures/seal/openssl.cnf'),
  // Not hidden, but what a hidden variable looks like while ld.so is at work.
  D_PRELOAD: 'kept',
  EMPTY: '',
};

describe('the variables of the container', () => {
  let probe = '';
  beforeAll(async () => {
    probe = await sealedProbe();
  });

  test('neither disturb the program nor get lost', async () => {
    const { end, stdout, stderr } = await start(probe, ['environment'], { environment: hostile }).result;
    expect({ end, stderr, environment: parsed(stdout) }).toEqual({
      end: 0,
      stderr: '',
      environment: hostile,
    });
  });

  test.each(Object.entries(steering))('%s=%s steers not even Node', async (name, value) => {
    const { end, stdout, stderr } = await start(probe, ['node'], { environment: { [name]: value } }).result;
    expect({ end, stderr, stdout }).toEqual({
      end: 0,
      stderr: '',
      stdout: '{"isChild":false,"workers":4}\n',
    });
  });

  test.each(['NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE'])('%s is a folder that stays empty', async (name) => {
    const folder = folderWith({});
    expect(await start(probe, ['node'], { environment: { [name]: folder } }).result).toMatchObject({
      end: 0,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('reach its children', async () => {
    const environment = { LD_BIND_NOW: '1', MALLOC_ARENA_MAX: '2', A: 'a' };
    const { stdout } = await start(probe, ['run', '/usr/bin/env'], { environment }).result;
    expect(stdout.trim().split('\n').toSorted()).toEqual(['A=a', 'LD_BIND_NOW=1', 'MALLOC_ARENA_MAX=2']);
  });

  test('may be none at all', async () => {
    const { end, stdout } = await start(probe, ['environment']).result;
    expect({ end, stdout }).toEqual({ end: 0, stdout: '{}\n' });
  });

  test('may be many', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `LD_${index}`);
    const environment = Object.fromEntries(names.map((name) => [name, 'x'.repeat(100)]));
    const { stdout } = await start(probe, ['environment'], { environment }).result;
    expect(parsed(stdout)).toEqual(environment);
  });

  test.each(['C', 'ja_JP.UTF-8', 'xx_YY'])(
    'may ask for the locale %s: time zones and text work as ever',
    async (locale) => {
      const environment = { LC_ALL: locale, LANG: locale };
      const { stdout } = await start(probe, ['text'], { environment }).result;
      expect(parsed(stdout)).toEqual({
        date: 'January 1, 1970 at 1:00 AM',
        otherDate: true,
        number: '12,345.5',
        otherNumber: true,
        sorted: 3,
        words: 3,
        normalized: 'fi',
        host: 'xn--4ca.example',
        decoded: 'hi',
        script: true,
      });
    },
  );

  test('the libraries leave no descriptor behind', async () => {
    const { stdout } = await start(probe, ['descriptors']).result;
    expect(stdout).toContain('"/dev/null"');
    expect(stdout).not.toContain('memfd');
  });
});
