import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deliverParameters,
  removeParameters,
  type ParametersToDeliver,
} from '../../../../../src/agent/execute/parameters/deliver-parameters.ts';
import { renderParameters } from '../../../../../src/agent/execute/parameters/render-parameters.ts';
import { requires } from '../../../../support/requires.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-parameters-test-'));
});

afterAll(() => rm(folder, { recursive: true }));

function wanted(changes: Partial<ParametersToDeliver>): ParametersToDeliver {
  return {
    delivery: 'stdin',
    format: 'json',
    parameters: { user: 'root', password: 'hunter2' },
    secrets: ['password'],
    temporaryDirectory: join(folder, 'made', 'when missing'),
    reader: undefined,
    ...changes,
  };
}

describe('deliverParameters', () => {
  test('by stdin: the document, one line break, nothing else', async () => {
    const { stdin, environment } = await deliverParameters(wanted({}));
    expect([Buffer.from(stdin).toString(), environment]).toEqual([
      '{"user":"root","password":"hunter2"}\n',
      {},
    ]);
  });

  test('by variables: secrets come on stdin, alone', async () => {
    const { stdin, environment } = await deliverParameters(wanted({ delivery: 'env' }));
    expect(environment).toEqual({ ATTUNE_PARAM_USER: 'root' });
    expect(Buffer.from(stdin).toString()).toBe('{"password":"hunter2"}\n');
  });

  test('by variables without secrets: stdin is empty', async () => {
    const { stdin } = await deliverParameters(wanted({ delivery: 'env', secrets: [] }));
    expect(stdin).toHaveLength(0);
  });

  test('by file: only the owner may read it, and it can be taken back', async () => {
    const {
      stdin,
      environment,
      folder: made,
    } = await deliverParameters(wanted({ delivery: 'file', format: 'yaml' }));
    const file = environment['ATTUNE_PARAMETER_FILE'] ?? '';
    expect(readFileSync(file, 'utf8')).toBe('user: root\npassword: hunter2\n');
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o400, 0o700]);
    expect(stdin).toHaveLength(0);
    await removeParameters(made);
    await removeParameters(made);
    expect(existsSync(file)).toBe(false);
    expect(await readdir(join(folder, 'made', 'when missing'))).toEqual([]);
  });

  test.skipIf(!requires('root'))(
    'by file to another user: it alone may read it, and not change it',
    async () => {
      chmodSync(folder, 0o755);
      const reader = { uid: 65_532, gid: 65_532, groups: [] };
      const { environment, folder: made } = await deliverParameters(wanted({ delivery: 'file', reader }));
      const file = environment['ATTUNE_PARAMETER_FILE'] ?? '';
      const as = (uid: number, script: string) =>
        spawnSync('/bin/sh', ['-c', script, file], { uid, gid: uid, encoding: 'utf8' });
      expect(as(65_532, 'cat "$0"').stdout).toBe('{"user":"root","password":"hunter2"}\n');
      expect(as(65_531, 'cat "$0"').status).not.toBe(0);
      expect(as(65_532, 'ls "${0%/*}"').status).not.toBe(0);
      expect(as(65_532, 'rm -f "$0"').status).not.toBe(0);
      await removeParameters(made);
      expect(existsSync(file)).toBe(false);
    },
  );

  test('by file where none can be written', async () => {
    const blocked = join(folder, 'a file');
    writeFileSync(blocked, '');
    const failure = deliverParameters(wanted({ delivery: 'file', temporaryDirectory: blocked }));
    await expect(failure).rejects.toMatchObject({ code: 'undeliverable_parameters' });
    await expect(failure).rejects.toThrow(/a file/);
  });
});

test('a shell that sources a dotenv document has exactly the values', () => {
  const variables = fc.dictionary(
    fc.stringMatching(/^p_[a-z]{1,5}$/),
    fc.string({ unit: fc.constantFrom('a', "'", '"', '\\', '$', '`', '\n', ' ', '!', '*', 'é', '#', '=') }),
    { minKeys: 1, maxKeys: 4 },
  );
  fc.assert(
    fc.property(variables, (parameters) => {
      const file = join(folder, 'parameters.env');
      writeFileSync(file, renderParameters(parameters, 'dotenv'));
      const printed = execFileSync('/bin/sh', ['-c', 'set -a; . "$1"; exec env -0', 'sh', file], { env: {} });
      const seen = printed
        .toString()
        .split('\0')
        .map(splitPair)
        .filter(([name]) => name?.startsWith('p_'));
      expect(Object.fromEntries(seen)).toEqual(parameters);
    }),
    { numRuns: 60 },
  );
});

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
