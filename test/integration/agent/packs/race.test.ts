import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { archivePack } from '../../../../src/packs/archive/archive-pack.ts';
import { isIntact } from '../../../../src/agent/packs/is-intact.ts';
import { listPackFiles } from '../../../../src/packs/pack-files.ts';
import { digestPack } from '../../../../src/packs/stage-pack.ts';
import { folderWith } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';

/** A pack of some files that can't be compressed, packed. */
async function packed() {
  const lib = Array.from({ length: 40 }, (_, index): [string, string] => [
    `lib/${index}`,
    randomBytes(5000).toString('hex'),
  ]);
  const folder = folderWith({ 'pack.yaml': 'ref: demo\n', ...Object.fromEntries(lib) });
  const files = await listPackFiles(folder);
  const archive = join(folderWith({}), 'archive');
  writeFileSync(archive, await buffer(archivePack(folder, files)));
  return { archive, digest: await digestPack(folder, files) };
}

type Packed = Awaited<ReturnType<typeof packed>>;

/** An agent that fetches, with a pause of so many milliseconds after each piece. */
function fetcher(directory: string, { archive, digest }: Packed, pause = 0) {
  const program = join(import.meta.dirname, 'fetcher.ts');
  return execa(process.execPath, [program, directory, digest, archive, String(pause)], { reject: false });
}

/** What is being unpacked, or was by those who were killed. */
function incomingIn(directory: string): string[] {
  const home = join(directory, 'demo');
  return existsSync(home) ? readdirSync(home).filter((name) => /^\.incoming\.\w+$/.test(name)) : [];
}

describe('agents that share a cache of packs', () => {
  test('and fetch one at once, some of them killed: what gets its name is complete', async () => {
    const pack = await packed();
    for (let round = 0; round < 3; round += 1) {
      const directory = folderWith({});
      const folder = join(directory, 'demo', pack.digest);
      const killed = Array.from({ length: 3 }, () => fetcher(directory, pack, 20));
      await expect.poll(() => incomingIn(directory)).toHaveLength(3);
      const others = Array.from({ length: 3 }, () => fetcher(directory, pack));
      for (const one of killed) one.kill('SIGKILL');
      const outputs = await Promise.all(others.map(async (one) => (await one).stdout));
      await Promise.all(killed);
      expect(outputs).toEqual([folder, folder, folder]);
      expect(await isIntact(folder, pack.digest)).toBe(true);
      expect(incomingIn(directory)).toHaveLength(3);
    }
  });

  test.skipIf(!requires('namespaces'))(
    'on a disk that is full are told so, and leave no torn pack',
    async () => {
      const pack = await packed();
      const directory = folderWith({});
      const script = [
        'mount -t tmpfs -o size=100k none "$1"',
        '"$2" "$3" "$1" "$4" "$5"; echo',
        'find "$1" -type f -name "[0-9]*" | wc -l',
      ].join(' && ');
      const args = [
        directory,
        process.execPath,
        join(import.meta.dirname, 'fetcher.ts'),
        pack.digest,
        pack.archive,
      ];
      const { stdout } = await execa('unshare', ['--mount', 'sh', '-c', script, 'sh', ...args]);
      expect(stdout.split('\n')).toEqual(['pack_cache_full', '0']);
      expect(readdirSync(directory)).toEqual([]);
    },
  );
});
