import { generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';
import { attune } from '../attune.ts';

/** A folder with keys, and a file that was signed with them. */
async function signed() {
  const folder = folderWith({ agent: 'the agent' });
  const [file, name] = [join(folder, 'agent'), join(folder, 'release')];
  expect((await attune(['agent', 'keygen', name])).status).toBe(0);
  expect((await attune(['agent', 'sign', file, '--key', `${name}.key`])).status).toBe(0);
  return { folder, file, key: `${name}.key`, publicKey: `${name}.pub` };
}

describe('attune agent', () => {
  test('signs what it then verifies', async () => {
    const { file, publicKey } = await signed();
    expect(statSync(`${file}.sig`).size).toBe(64);
    const { status, stdout } = await attune(['agent', 'verify', file, '--key', publicKey]);
    expect([status, stdout]).toEqual([0, `${file} is what the owner of the key signed.\n`]);
  });

  test.skipIf(!requires('openssl'))('signs what OpenSSL verifies', async () => {
    const { file, publicKey } = await signed();
    const words = [
      '-verify',
      '-rawin',
      '-pubin',
      '-inkey',
      publicKey,
      '-in',
      file,
      '-sigfile',
      `${file}.sig`,
    ];
    expect(execFileSync('openssl', ['pkeyutl', ...words], { encoding: 'utf8' })).toContain('Successfully');
  });

  test('refuses a file that was changed, also in JSON', async () => {
    const { file, publicKey } = await signed();
    writeFileSync(file, 'the agenT');
    const { status, stdout, stderr } = await attune(['agent', 'verify', file, '--key', publicKey, '--json']);
    expect([status, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'wrong_signature' } });
  });

  test('refuses the signature of somebody else, and one that is none', async () => {
    const { file, publicKey } = await signed();
    const other = await signed();
    const verify = (key: string) => attune(['agent', 'verify', file, '--key', key]);
    expect((await verify(other.publicKey)).stderr).toContain('(wrong_signature)');
    writeFileSync(`${file}.sig`, '');
    expect((await verify(publicKey)).stderr).toContain('(wrong_signature)');
  });

  test('the private key is for its owner alone, and is never replaced', async () => {
    const { key, folder } = await signed();
    const before = readFileSync(key, 'utf8');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const again = await attune(['agent', 'keygen', join(folder, 'release')]);
    expect([again.status, readFileSync(key, 'utf8')]).toEqual([1, before]);
    expect(again.stderr).toContain('(file_not_written)');
  });

  test('a file is signed anew', async () => {
    const { file, key, publicKey } = await signed();
    writeFileSync(file, 'a newer agent');
    const { stdout } = await attune(['agent', 'sign', file, '--key', key, '--json']);
    expect(JSON.parse(stdout)).toEqual({ file, signature: `${file}.sig` });
    expect((await attune(['agent', 'verify', file, '--key', publicKey])).status).toBe(0);
  });

  test.each<[string, string, string, string]>([
    ['sign', 'agent', 'public', 'invalid_key'],
    ['sign', 'agent', 'rsa', 'invalid_key'],
    ['sign', 'agent', 'nothing', 'file_not_read'],
    ['sign', 'nothing', 'private', 'file_not_read'],
    ['verify', 'agent', 'agent', 'invalid_key'],
    ['verify', 'nothing', 'public', 'file_not_read'],
  ])('%s %s with %s: %s', async (command, name, keyName, code) => {
    const { folder, file, key, publicKey } = await signed();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    writeFileSync(join(folder, 'rsa'), rsa.export({ type: 'pkcs8', format: 'pem' }));
    const nothing = join(folder, 'nothing');
    const files: Readonly<Record<string, string>> = {
      agent: file,
      private: key,
      public: publicKey,
      rsa: join(folder, 'rsa'),
    };
    const words = ['agent', command, files[name] ?? nothing, '--key', files[keyName] ?? nothing];
    const { status, stdout, stderr } = await attune(words);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`(${code})`);
    expect(stderr).not.toContain('PRIVATE');
  });

  test('without a key it is a usage error', async () => {
    const { status, stderr } = await attune(['agent', 'sign', 'x']);
    expect(status).toBe(2);
    expect(stderr).toContain("required option '--key <file>' not specified");
  });
});
