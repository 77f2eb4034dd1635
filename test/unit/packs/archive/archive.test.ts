import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Header, Pax, type HeaderData } from 'tar';
import { describe, expect, test } from 'vitest';
import { archivePack } from '../../../../src/packs/archive/archive-pack.ts';
import { unpackArchive } from '../../../../src/packs/archive/unpack.ts';
import { listPackFiles, type PackLimits } from '../../../../src/packs/pack-files.ts';
import { digestPack } from '../../../../src/packs/stage-pack.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';
import { folderWith, type Content } from '../../../support/folder.ts';

const long = `actions/${'deep-'.repeat(20)}/${'ü'.repeat(80)}`;
const pack: Readonly<Record<string, Content>> = {
  'pack.yaml': 'ref: core\n',
  'actions/run.sh': { program: '#!/bin/sh\n' },
  'actions/empty': '',
  [long]: 'x'.repeat(100_000),
  'lib/link': { link: '../actions/run.sh' },
};

async function archiveOf(folder: string): Promise<Buffer> {
  return buffer(archivePack(folder, await listPackFiles(folder)));
}

async function digestOf(folder: string): Promise<string> {
  return digestPack(folder, await listPackFiles(folder));
}

/** Bytes in pieces of the same length. */
async function* inPieces(bytes: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Unpacks into a new folder. */
async function unpack(bytes: Uint8Array, limits?: PackLimits): Promise<string> {
  const folder = join(folderWith({}), 'unpacked');
  await unpackArchive(inPieces(bytes), folder, limits);
  return folder;
}

interface RawEntry extends HeaderData {
  readonly content?: string;
}

/** A tar file with whatever headers. */
function tarOf(...entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), Buffer.alloc(1024)]);
}

function entryOf({ content = '', ...facts }: RawEntry): Buffer {
  const bytes = Buffer.from(content);
  const header = new Header({ type: 'File', mode: 0o644, size: bytes.length, ...facts });
  const pax = header.encode() ? new Pax(header).encode() : Buffer.alloc(0);
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([pax, header.block ?? Buffer.alloc(0), bytes, padding]);
}

/** An archive that ends in an error. */
async function* broken(): AsyncGenerator<Uint8Array> {
  yield tarOf({ path: 'a', content: 'x'.repeat(5000) }).subarray(0, 2000);
  throw new AttuneError('database_unreachable', 'away', { retryable: true });
}

function openFilesIn(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`);
      } catch {
        return '';
      }
    })
    .filter((file) => file.startsWith(folder));
}

async function problemsOf(unpacked: Promise<unknown>): Promise<string[]> {
  const error = await unpacked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AttuneError)) throw new Error('it was taken', { cause: error });
  expect(error.code).toBe('invalid_pack');
  return error.violations.map(({ path, message }) => `${path} ${message}`);
}

describe('the archive of a pack', () => {
  test('holds what the pack consists of, and unpacks to the same digest', async () => {
    const folder = folderWith({ ...pack, '.git/config': 'private' });
    const unpacked = await unpack(await archiveOf(folder));

    expect(await digestOf(unpacked)).toBe(await digestOf(folder));
    expect(readlinkSync(join(unpacked, 'lib/link'))).toBe('../actions/run.sh');
    expect(lstatSync(join(unpacked, 'actions/run.sh')).mode & 0o7777).toBe(0o755);
    expect(existsSync(join(unpacked, '.git'))).toBe(false);
  });

  test('is the same whenever and by whomever it is made', async () => {
    const [one, other] = [folderWith(pack), folderWith(pack)];
    chmodSync(join(other, 'pack.yaml'), 0o600);
    utimesSync(join(other, 'pack.yaml'), 1, 1);
    linkSync(join(other, 'pack.yaml'), join(folderWith({}), 'second'));
    expect(await archiveOf(one)).toEqual(await archiveOf(other));
  });

  test('is one that tar understands', async () => {
    const folder = folderWith({ archive: '' });
    writeFileSync(join(folder, 'archive'), await archiveOf(folderWith(pack)));
    mkdirSync(join(folder, 'unpacked'));
    execFileSync('tar', ['-xf', join(folder, 'archive'), '-C', join(folder, 'unpacked')]);
    expect(await digestOf(join(folder, 'unpacked'))).toBe(await digestOf(folderWith(pack)));
  });

  test('of a file that changes meanwhile fails', async () => {
    const folder = folderWith(pack);
    const files = await listPackFiles(folder);
    writeFileSync(join(folder, 'pack.yaml'), 'ref: other\n');
    await expect(buffer(archivePack(folder, files))).rejects.toMatchObject({ code: 'pack_changed' });
  });
});

describe('unpacking', () => {
  test.each([
    ['tar', []],
    ['tar.gz', ['--gzip']],
    ['tar in the old format', ['--format=v7']],
    ['tar of GNU', ['--format=gnu']],
    ['tar with names of POSIX', ['--format=posix']],
  ])('takes what others made: %s', async (_, options) => {
    const names = {
      'pack.yaml': 'ref: core\n',
      'actions/run.sh': { program: 'x' },
      'actions/long-name': 'a',
    };
    const folder = folderWith(names);
    const file = join(folderWith({}), 'archive');
    execFileSync('tar', [...options, '-cf', file, '-C', folder, '.']);
    expect(await digestOf(await unpack(readFileSync(file)))).toBe(await digestOf(folder));
  });

  test.each([1, 100, 511, 513])('takes it in pieces of %i bytes', async (length) => {
    const source = folderWith(pack);
    const folder = join(folderWith({}), 'unpacked');
    await unpackArchive(inPieces(await archiveOf(source), length), folder);
    expect(await digestOf(folder)).toBe(await digestOf(source));
  });

  test('takes no rights over: no set-uid, no writing for all', async () => {
    const folder = await unpack(tarOf({ path: 'a', mode: 0o6777, content: 'x' }, { path: 'b', mode: 0o666 }));
    expect(lstatSync(join(folder, 'a')).mode & 0o7777).toBe(0o755);
    expect(lstatSync(join(folder, 'b')).mode & 0o7777).toBe(0o644);
  });

  test('names everything that it can not take at once, and writes nothing outside', async () => {
    const outside = folderWith({});
    const folder = join(outside, 'unpacked');
    const archive = tarOf(
      { path: '../out', content: 'x' },
      { path: '/absolute', content: 'x' },
      { path: 'a/../../out', content: 'x' },
      { path: 'hard', type: 'Link', linkpath: '../secret' },
      { path: 'far', type: 'SymbolicLink', linkpath: '/etc' },
      { path: 'device', type: 'CharacterDevice', devmaj: 1, devmin: 3 },
      { path: 'fifo', type: 'FIFO' },
      { path: 'new\nline', content: 'x' },
      { path: 'twice', content: '1' },
      { path: 'twice', content: '2' },
      { path: 'twice/inside', content: '3' },
      { path: 'n'.repeat(300), content: 'x' },
      { path: `${'n/'.repeat(600)}x`, content: 'x' },
    );
    const problems = await problemsOf(unpackArchive(inPieces(archive), folder));

    expect(problems).toEqual([
      expect.stringMatching(/^\.\.\/out leads out of the pack/),
      expect.stringMatching(/^\/absolute is an absolute path/),
      expect.stringMatching(/^a\/\.\.\/\.\.\/out leads out/),
      expect.stringMatching(/^hard is a hard link/),
      expect.stringMatching(/^far is a link to "\/etc"/),
      expect.stringMatching(/^device is neither file nor folder nor link \(CharacterDevice\)/),
      expect.stringMatching(/^fifo is neither file nor folder nor link \(FIFO\)/),
      expect.stringMatching(/control character/),
      expect.stringMatching(/^twice stands in the archive twice/),
      expect.stringMatching(/^twice\/inside .*lies in something that is a file/),
      expect.stringMatching(/has a name of more than 255 bytes/),
      expect.stringMatching(/is longer than 1024 bytes/),
    ]);
    expect(readdirSync(outside)).toEqual(['unpacked']);
  });

  test('never writes through a link of the archive', async () => {
    const outside = folderWith({});
    const folder = join(outside, 'unpacked');
    const archive = tarOf(
      { path: 'up', type: 'SymbolicLink', linkpath: '..' },
      { path: 'up/stolen', content: 'x' },
      { path: 'up/link', type: 'SymbolicLink', linkpath: 'x' },
    );
    const problems = await problemsOf(unpackArchive(inPieces(archive), folder));
    expect(problems).toEqual([expect.stringMatching(/^up stands in the archive twice/)]);
    expect(readdirSync(outside)).toEqual(['unpacked']);
  });

  test('links that lead out by others are found when the files are listed', async () => {
    const folder = await unpack(
      tarOf(
        { path: 'pack.yaml', content: 'ref: x' },
        { path: 'sub/deep', type: 'Directory' },
        { path: 'here', type: 'SymbolicLink', linkpath: '.' },
        { path: 'sub/out', type: 'SymbolicLink', linkpath: '../here/..' },
      ),
    );
    expect(await problemsOf(listPackFiles(folder))).toEqual([expect.stringMatching(/^sub\/out is a link/)]);
  });

  describe('ends at its limits', () => {
    const limits = { files: 3, bytes: 1000 };

    test.each([
      ['many entries', tarOf(...['a', 'b', 'c', 'd'].map((path) => ({ path })))],
      ['a large file', tarOf({ path: 'a', content: 'x'.repeat(1001) })],
      ['a bomb in a file', gzipSync(tarOf({ path: 'a', content: 'x'.repeat(50_000_000) }))],
      ['a bomb behind the end', gzipSync(Buffer.concat([tarOf({ path: 'a' }), Buffer.alloc(50_000_000)]))],
    ])('%s', async (_, archive) => {
      expect(await problemsOf(unpack(archive, limits))).toEqual([
        expect.stringContaining('is larger than 3 files or'),
      ]);
    });

    test('what was compressed twice', async () => {
      expect(await problemsOf(unpack(gzipSync(gzipSync(tarOf({ path: 'a' })))))).toEqual([
        expect.stringContaining('is no tar or tar.gz file'),
      ]);
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a byte', Buffer.alloc(1)],
    ['text', Buffer.from('This is no archive at all.\n'.repeat(100))],
    ['a zip file', Buffer.from(`PK\u0003\u0004${'x'.repeat(2000)}`)],
    ['an end without a beginning', Buffer.alloc(1024)],
    ['gzip that was cut off', gzipSync(tarOf({ path: 'a', content: 'x'.repeat(5000) })).subarray(0, 60)],
    ['tar that was cut off', tarOf({ path: 'a', content: 'x'.repeat(5000) }).subarray(0, 2000)],
    ['a wrong checksum', tarOf({ path: 'a', content: 'x' }).fill(7, 0, 3)],
  ])('refuses %s', async (_, bytes) => {
    expect(await problemsOf(unpack(bytes))).toEqual([
      expect.stringMatching(/^archive is no tar or tar\.gz file, or a damaged one/),
    ]);
  });

  test('an error of its source is passed on, and nothing stays open', async () => {
    const folder = join(folderWith({}), 'x');
    await expect(unpackArchive(broken(), folder)).rejects.toMatchObject({ code: 'database_unreachable' });
    expect(openFilesIn(folder)).toEqual([]);
  });
});
