import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createPacks } from '../../../../src/agent/packs/packs.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';
import { folderWith } from '../../../support/folder.ts';
import { cacheIn, packed } from './cached-pack.ts';

/** An archive that can't be read. */
async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(1);
  throw error;
}

async function* garbage(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(2000, 'garbage');
}

const never = () => failing(new Error('was fetched'));

const unknown = () => failing(new AttuneError('pack_missing', 'no such archive'));

function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

/** An hour ago, as far as the file system is concerned. */
function makeOld(...files: readonly string[]): void {
  const seconds = Date.now() / 1000 - 3600;
  for (const file of files) utimesSync(file, seconds, seconds);
}

describe('a pack that is fetched', () => {
  test('is what it was, and nobody can write it', async () => {
    const { revision, archive } = await packed();
    const directory = join(folderWith({}), 'cache');
    const folder = await cacheIn(directory, { openArchive: archive }).admit(revision);

    expect(folder).toBe(join(directory, 'demo', revision.digest));
    expect(readFileSync(join(folder, 'lib/link'), 'utf8')).toBe('#!/bin/sh\necho one\n');
    expect(lstatSync(join(folder, 'actions/run.sh')).mode & 0o777).toBe(0o555);
    expect(lstatSync(join(folder, 'pack.yaml')).mode & 0o777).toBe(0o444);
    expect(lstatSync(folder).mode & 0o777).toBe(0o555);
    expect(readdirSync(join(directory, 'demo'))).toEqual([revision.digest]);
  });

  test('is fetched once, however many ask', async () => {
    const { revision, archive } = await packed();
    let fetches = 0;
    const openArchive = () => {
      fetches += 1;
      return archive();
    };
    const cache = cacheIn(folderWith({}), { openArchive });
    await Promise.all(Array.from({ length: 5 }, () => cache.admit(revision)));
    await cache.admit(revision);
    expect(fetches).toBe(1);
  });

  test('is taken from another agent that shares the folder, unless it is damaged there', async () => {
    const { revision, archive } = await packed();
    const directory = folderWith({});
    const folder = await cacheIn(directory, { openArchive: archive }).admit(revision);
    expect(await cacheIn(directory, { openArchive: never }).admit(revision)).toBe(folder);

    chmodSync(join(folder, 'pack.yaml'), 0o644);
    writeFileSync(join(folder, 'pack.yaml'), '');
    await cacheIn(directory, { openArchive: archive }).admit(revision);
    expect(readFileSync(join(folder, 'pack.yaml'), 'utf8')).toBe('ref: demo\n');
  });

  test('is refused where it is not what its digest says, and leaves nothing', async () => {
    const [wanted, other] = [await packed('one'), await packed('two')];
    const directory = folderWith({});
    const cache = cacheIn(directory, { openArchive: other.archive });
    await expect(cache.admit(wanted.revision)).rejects.toMatchObject({ code: 'pack_corrupt' });
    expect(readdirSync(join(directory, 'demo'))).toEqual([]);
  });

  test('is refused where its archive is none', async () => {
    const { revision } = await packed();
    await expect(cacheIn(folderWith({}), { openArchive: garbage }).admit(revision)).rejects.toMatchObject({
      code: 'pack_corrupt',
    });
  });

  test('is waited for while the control plane is away', async () => {
    const { revision, archive } = await packed();
    let tries = 0;
    const openArchive = () => {
      tries += 1;
      return tries < 3
        ? failing(new AttuneError('database_unreachable', '', { retryable: true }))
        : archive();
    };
    await cacheIn(folderWith({}), { openArchive }).admit(revision);
    expect(tries).toBe(3);
  });

  test('that the control plane does not have is missed at once', async () => {
    const { revision } = await packed();
    await expect(cacheIn(folderWith({}), { openArchive: unknown }).admit(revision)).rejects.toMatchObject({
      code: 'pack_missing',
    });
  });
});

describe('where the disk is full', () => {
  test('what nobody uses makes room', async () => {
    const [old, wanted] = [await packed('old'), await packed('new')];
    const directory = folderWith({});
    const unused = await cacheIn(directory, { openArchive: old.archive }).admit(old.revision);
    makeOld(unused);
    const openArchive = () => (existsSync(unused) ? failing(diskFull()) : wanted.archive());
    await cacheIn(directory, { openArchive }).admit(wanted.revision);
    expect(readdirSync(join(directory, 'demo'))).toEqual([wanted.revision.digest]);
  });

  test('the reason and the fix are told', async () => {
    const { revision } = await packed();
    const directory = folderWith({});
    const cache = cacheIn(directory, { openArchive: () => failing(diskFull()) });
    await expect(cache.admit(revision)).rejects.toMatchObject({
      code: 'pack_cache_full',
      message: expect.stringContaining('ATTUNE_PACKS_CACHE_DIR') as unknown,
    });
    expect(readdirSync(join(directory, 'demo'))).toEqual([]);
  });

  test('a folder that can not be made is told too', async () => {
    const { revision, archive } = await packed();
    await expect(cacheIn('/dev/null/cache', { openArchive: archive }).admit(revision)).rejects.toMatchObject({
      code: 'pack_cache_unwritable',
    });
  });
});

describe('tidying', () => {
  test('removes what is old or too much, and never what is in use', async () => {
    const [one, two, three] = [await packed('one'), await packed('two'), await packed('three')];
    const directory = folderWith({});
    const fetched: string[] = [];
    for (const { revision, archive } of [one, two, three])
      fetched.push(await cacheIn(directory, { openArchive: archive }).admit(revision));
    makeOld(...fetched);
    const [used = ''] = fetched;
    const release = cacheIn(directory, { openArchive: never }).use(used);
    const names = () => readdirSync(join(directory, 'demo')).toSorted();
    const tidy = (mostAge: number, mostBytes: number) =>
      cacheIn(directory, { openArchive: never, bounds: { mostAge, mostBytes } }).tidy();

    await tidy(7200, 1e9);
    expect(names()).toHaveLength(4);
    await tidy(60, 1e9);
    expect(names()).toEqual([one.revision.digest, `${one.revision.digest}.used`]);
    release();
    makeOld(`${used}.used`);
    await tidy(7200, 1);
    expect(names()).toEqual([]);
  });

  test('removes what killed agents have left, not what others are at', async () => {
    const directory = folderWith({});
    const home = join(directory, 'demo');
    for (const name of ['.incoming.dead', '.incoming.alive', '.trash.dead'])
      mkdirSync(join(home, name, 'actions'), { recursive: true });
    chmodSync(join(home, '.trash.dead'), 0o555);
    writeFileSync(join(home, '.incoming.dead.used'), '');
    makeOld(join(home, '.incoming.dead.used'));
    writeFileSync(join(home, '.incoming.alive.used'), '');
    await cacheIn(directory, { openArchive: never }).tidy();
    expect(readdirSync(home).toSorted()).toEqual(['.incoming.alive', '.incoming.alive.used']);
  });

  test('of a folder that is not there is nothing', async () => {
    const directory = join(folderWith({}), 'none');
    await cacheIn(directory, { openArchive: never }).tidy();
    expect(existsSync(directory)).toBe(false);
  });
});

describe('packs from a cache', () => {
  test('one that was removed meanwhile is fetched again', async () => {
    const { revision, archive } = await packed();
    const directory = folderWith({});
    const packs = createPacks('/nonexistent', cacheIn(directory, { openArchive: archive }));
    const waiting = new AbortController();
    const first = await packs.provide(revision, waiting);
    first.release();
    makeOld(`${first.folder}.used`);
    await cacheIn(directory, { openArchive: archive, bounds: { mostAge: 0, mostBytes: 0 } }).tidy();
    expect(existsSync(first.folder)).toBe(false);
    const again = await packs.provide(revision, waiting);
    expect(existsSync(join(again.folder, 'pack.yaml'))).toBe(true);
    again.release();
  });

  test('what an agent before this one uses is kept', async () => {
    const { revision, archive } = await packed();
    const directory = folderWith({});
    const folder = await cacheIn(directory, { openArchive: archive }).admit(revision);
    makeOld(folder);
    const packs = createPacks('/nonexistent', cacheIn(directory, { openArchive: archive }));
    packs.keep('/somewhere/else')();
    const release = packs.keep(folder);
    await cacheIn(directory, { openArchive: archive, bounds: { mostAge: 0, mostBytes: 0 } }).tidy();
    expect(existsSync(folder)).toBe(true);
    release();
  });

  test('who is to end waits no longer; the fetch goes on for others', async () => {
    const { revision, archive } = await packed();
    const gate = Promise.withResolvers<void>();
    const openArchive = async function* () {
      await gate.promise;
      yield* archive();
    };
    const packs = createPacks('/nonexistent', cacheIn(folderWith({}), { openArchive }));
    const leaving = new AbortController();
    const left = packs.provide(revision, leaving);
    const stays = packs.provide(revision, new AbortController());
    leaving.abort('cancelled');
    await expect(left).rejects.toBe('cancelled');
    gate.resolve();
    expect(await stays).toMatchObject({ folder: expect.stringContaining(revision.digest) as unknown });
  });
});
