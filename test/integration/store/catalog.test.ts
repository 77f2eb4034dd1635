import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actionDefinition } from '../../../src/contract/action.ts';
import { packDefinition } from '../../../src/contract/pack.ts';
import { runtimeDefinition } from '../../../src/contract/runtime.ts';
import { findAction, listActions } from '../../../src/store/actions.ts';
import { findPack, listPacks, savePack } from '../../../src/store/packs.ts';
import { findRuntime, listRuntimes, offerRuntimes } from '../../../src/store/runtimes.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { samplePack } from './support/samples.ts';

const action = (ref: string, more: object = {}) =>
  actionDefinition.parse({ ref, entry_point: 'a.sh', ...more });
const runtime = (name: string, more: object = {}) =>
  runtimeDefinition.parse({ ref: `x.${name}`, name, ...more });
const offer = (name: string, version?: string) => ({
  name,
  detected: [{ name, ...(version === undefined ? {} : { version }) }],
  template: runtime(name, { description: 'brought by a worker' }),
});

describe.skipIf(!requires('postgres'))('packs, actions and runtimes', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  test('a pack comes back as its files were, with unknown fields', async () => {
    const definition = packDefinition.parse({
      ref: 'files',
      version: '1.2.3',
      config: { nul: '\u0000' },
      extra: [1],
    });
    const full = action('files.full', {
      runner_type: 'python3',
      parameters: { a: { type: 'string' } },
      extra: { b: 1 },
    });
    await savePack(sql, samplePack('files', { definition, digest: 'abc', actions: [full] }));

    expect(await findPack(sql, 'files')).toMatchObject({ ...definition, digest: 'abc' });
    expect(await findAction(sql, 'files.full')).toMatchObject({ ...full, pack: 'files', runtime: 'python' });
    expect(await findPack(sql, 'unknown')).toBeUndefined();
    expect(await findAction(sql, 'unknown.action')).toBeUndefined();
  });

  test('a pack that is saved again replaces what it was', async () => {
    const first = [action('again.kept', { description: 'old' }), action('again.dropped')];
    await savePack(sql, samplePack('again', { actions: first, runtimes: [runtime('lua')] }));
    const created = (await findAction(sql, 'again.kept'))?.created;
    await savePack(sql, samplePack('again', { actions: [action('again.kept'), action('again.added')] }));

    const refs = async () =>
      (await listActions(sql, { limit: 10 }, { pack: 'again' })).items.map(({ ref }) => ref);
    expect(await refs()).toEqual(['again.added', 'again.kept']);
    expect(await findAction(sql, 'again.kept')).toMatchObject({ description: '', created });
    expect(await findRuntime(sql, 'lua')).toBeUndefined();
    await savePack(sql, samplePack('again', { actions: [] }));
    expect(await refs()).toEqual([]);
  });

  test('packs that are saved at once are each whole', async () => {
    const versions = ['one', 'two', 'three', 'four'];
    await Promise.all(
      versions.map((digest) =>
        savePack(
          sql,
          samplePack('raced', { digest, actions: [action('raced.same'), action(`raced.${digest}`)] }),
        ),
      ),
    );
    const { items } = await listActions(sql, { limit: 10 }, { pack: 'raced' });
    const winner = (await findPack(sql, 'raced'))?.digest;
    expect(items.map(({ ref }) => ref).toSorted()).toEqual([`raced.${winner}`, 'raced.same'].toSorted());
  });

  test('a runtime of another pack is not taken over, and nothing of the pack is stored', async () => {
    await savePack(sql, samplePack('owner', { runtimes: [runtime('zig')] }));
    const saving = savePack(sql, samplePack('thief', { runtimes: [runtime('ZIG'), runtime('other')] }));
    await expect(saving).rejects.toMatchObject({
      code: 'duplicate_runtime',
      violations: [{ path: 'runtimes.zig' }],
    });
    expect(await findPack(sql, 'thief')).toBeUndefined();
    expect(await findRuntime(sql, 'other')).toBeUndefined();
  });

  test('two runtimes of one name in a pack are refused', async () => {
    const saving = savePack(sql, samplePack('twice', { runtimes: [runtime('nodejs'), runtime('node')] }));
    await expect(saving).rejects.toMatchObject({
      code: 'duplicate_runtime',
      violations: [{ path: 'runtimes.node' }],
    });
  });

  test('an offered runtime is known by any of its names, and registered only when it is not', async () => {
    await savePack(
      sql,
      samplePack('langs', { runtimes: [runtime('tcl', { aliases: ['tclsh'], description: 'ours' })] }),
    );
    await offerRuntimes(sql, [offer('tclsh', '8.6.0'), offer('crystal', '1.0.0'), offer('nameless')]);
    await offerRuntimes(sql, [offer('tcl', '9.0.0'), offer('crystal', '1.0.0')]);
    await offerRuntimes(sql, []);

    expect(await findRuntime(sql, 'tclsh')).toMatchObject({
      name: 'tcl',
      description: 'ours',
      pack: 'langs',
      auto_detected: false,
      detected_versions: ['8.6.0', '9.0.0'],
    });
    expect(await findRuntime(sql, 'crystal')).toMatchObject({
      description: 'brought by a worker',
      pack: null,
      auto_detected: true,
      detected_versions: ['1.0.0'],
    });
    expect(await findRuntime(sql, 'nameless')).toMatchObject({ detected_versions: [] });
  });

  test('many workers that offer one runtime at once, under several names, make one row', async () => {
    const spellings = ['zigc', 'zigcc', 'ZIGC', 'acme.zigc'];
    const offers = Array.from({ length: 24 }, (_, index) => {
      const name = spellings[index % spellings.length] ?? '';
      const template = runtime('zigc', { aliases: spellings });
      return { name, detected: [{ name, version: `0.${index}.0` }], template };
    });
    await Promise.all(offers.map((one) => offerRuntimes(sql, [one])));
    const { items } = await listRuntimes(sql, { limit: 500 });
    const rows = items.filter(({ name }) => /zigc/i.test(name));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ auto_detected: true });
    expect(rows[0]?.detected_versions).toHaveLength(24);
  });

  test('packs that define one runtime at once: one of them has it', async () => {
    const saves = ['racer-a', 'racer-b', 'racer-c'].map((ref) =>
      savePack(sql, samplePack(ref, { runtimes: [runtime('raced')] })),
    );
    const ends = await Promise.allSettled(saves);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test("an alias that is one of Attune's own names means what it always means", async () => {
    await savePack(sql, samplePack('pypy', { runtimes: [runtime('pypy', { aliases: ['py', 'pypy3'] })] }));
    await offerRuntimes(sql, [offer('python', '3.12.0')]);
    expect(await findRuntime(sql, 'py')).toMatchObject({ name: 'python', auto_detected: true });
    expect(await findRuntime(sql, 'pypy3')).toMatchObject({ name: 'pypy', pack: 'pypy' });
  });

  test('a pack takes over what workers had brought under a name that is now an alias', async () => {
    await offerRuntimes(sql, [offer('lua5.4', '5.4.6')]);
    await savePack(sql, samplePack('luas', { runtimes: [runtime('luajit', { aliases: ['lua5.4'] })] }));
    expect(await findRuntime(sql, 'lua5.4')).toMatchObject({ name: 'luajit', detected_versions: ['5.4.6'] });
  });

  test('many workers may offer the same at once', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => offerRuntimes(sql, [offer('julia', `1.${index}.0`)])),
    );
    expect((await findRuntime(sql, 'julia'))?.detected_versions).toHaveLength(8);
  });

  test('a pack takes over what only workers had brought', async () => {
    await offerRuntimes(sql, [offer('dart', '3.0.0')]);
    await savePack(sql, samplePack('darts', { runtimes: [runtime('dart', { description: 'ours' })] }));
    expect(await findRuntime(sql, 'dart')).toMatchObject({
      description: 'ours',
      pack: 'darts',
      auto_detected: false,
      detected_versions: ['3.0.0'],
    });
  });

  test('lists come in pages', async () => {
    await Promise.all(['page-a', 'page-b', 'page-c'].map((ref) => savePack(sql, samplePack(ref))));
    for (const list of [listPacks, listActions, listRuntimes]) {
      const whole = await list(sql, { limit: 500 });
      const first = await list(sql, { limit: 2 });
      const rest = await list(sql, { limit: 500, cursor: first.next_cursor ?? '' });
      expect(first.items).toHaveLength(2);
      expect([...first.items, ...rest.items]).toEqual(whole.items);
      expect([whole.next_cursor, rest.next_cursor]).toEqual([null, null]);
    }
  });
});
