import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findLibraries } from '../../../build/libraries.ts';
import { seal } from '../../../build/seal.ts';
import { stubPath } from '../../../build/stub/compile.ts';
import { requires } from '../../support/requires.ts';
import { start } from '../../support/sealed/run.ts';

const compiler = 'aarch64-linux-gnu-gcc';
const emulator = 'qemu-aarch64-static';
const source = join(import.meta.dirname, '../../fixtures/seal/hello.c');

describe.skipIf(!requires(compiler) || !requires(emulator))('a file sealed for arm64, emulated', () => {
  let directory = '';
  let sealed = '';
  let machine = '';
  beforeAll(() => {
    machine = execFileSync('which', [emulator], { encoding: 'utf8' }).trim();
    directory = mkdtempSync(join(tmpdir(), 'attune-arm64-'));
    sealed = join(directory, 'sealed');
    const plain = join(directory, 'plain');
    execFileSync(compiler, ['-no-pie', '-fno-builtin', '-o', plain, source, '-lm']);
    const program = readFileSync(plain);
    const { loader, libraries } = findLibraries(program, ['/usr/aarch64-linux-gnu/lib']);
    const parts = {
      stub: readFileSync(stubPath('arm64')),
      loader: readFileSync(loader.path),
      libraries: libraries.map(({ path }) => readFileSync(path)),
    };
    writeFileSync(sealed, seal({ program, ...parts }), { mode: 0o755 });
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test('runs with its own libraries, and gives the variables back', async () => {
    const environment = { LD_PRELOAD: '/nonexistent.so' };
    const { end, stdout } = await start(machine, [sealed], { environment }).result;
    expect({ end, stdout }).toEqual({ end: 0, stdout: '1 /nonexistent.so 0\n' });
  });

  test('has a supervisor that hands on the status', async () => {
    const { end, stdout } = await start(machine, [sealed, '9']).result;
    expect({ end, stdout }).toEqual({ end: 9, stdout: '1024 none 0\n' });
  });
});
