import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actionDefinition } from '../../../src/contract/action.ts';
import { runtimeDefinition } from '../../../src/contract/runtime.ts';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import {
  findArchive,
  readArchive,
  removeRevisions,
  savePack,
  type NewPack,
} from '../../../src/store/packs.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { newWorker, samplePack, scheduledExecution, uniqueName } from './support/samples.ts';

describe.skipIf(!requires('postgres'))('revisions of packs', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];
  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
  });
  afterAll(() => database.drop());

  const remaining = async (ref: string) => {
    const rows = await sql<{ digest: string }[]>`
      SELECT digest FROM pack_revision WHERE ref = ${ref} ORDER BY digest`;
    return rows.map(({ digest }) => digest);
  };

  /** Claims what was requested with a revision. */
  async function claim(ref: string, packDigest: string) {
    const { worker, pool } = await newWorker(sql);
    const execution = await scheduledExecution(sql, pool, { action: `${ref}.run`, packDigest });
    return async () => {
      const [row] = await claimExecutions(sql, worker, [{ execution, epoch: 1 }]);
      return row;
    };
  }

  test('an execution gets the action that it was requested with, also after the pack was replaced', async () => {
    const ref = uniqueName('changing');
    await savePack(sql, revision(ref, `${ref}-1`));
    const [first, again] = [await claim(ref, `${ref}-1`), await claim(ref, `${ref}-1`)];
    expect(await first()).toMatchObject({
      pack: { ref, digest: `${ref}-1` },
      action: { entry_point: `${ref}-1.sh` },
    });
    await savePack(sql, revision(ref, `${ref}-2`));
    expect(await again()).toMatchObject({
      pack: { ref, digest: `${ref}-1` },
      action: { entry_point: `${ref}-1.sh` },
    });
    expect(await (await claim(ref, `${ref}-2`))()).toMatchObject({ action: { entry_point: `${ref}-2.sh` } });
  });

  test('and when the action was removed', async () => {
    const ref = uniqueName('shrinking');
    await savePack(sql, revision(ref, `${ref}-1`));
    const waiting = await claim(ref, `${ref}-1`);
    await savePack(sql, revision(ref, `${ref}-2`, { actions: [] }));
    expect(await waiting()).toMatchObject({ action: { ref: `${ref}.run`, entry_point: `${ref}-1.sh` } });
  });

  test('and the runtime that the pack itself brought', async () => {
    const ref = uniqueName('bringing');
    await savePack(sql, revision(ref, `${ref}-1`, { runtimes: [special(ref, 'old')] }));
    const waiting = await claim(ref, `${ref}-1`);
    await savePack(sql, revision(ref, `${ref}-2`, { runtimes: [special(ref, 'new')] }));
    expect(await waiting()).toMatchObject({
      runtime: { execution_config: { interpreter: { binary: 'old' } } },
    });
  });

  test('what was requested before there were revisions gets what is current', async () => {
    const ref = uniqueName('ancient');
    await savePack(sql, revision(ref, `${ref}-1`));
    const waiting = await claim(ref, 'none');
    await sql`UPDATE execution SET pack_digest = NULL WHERE action = ${`${ref}.run`}`;
    await savePack(sql, revision(ref, `${ref}-2`));
    expect(await waiting()).toMatchObject({
      pack: { ref, digest: `${ref}-2` },
      action: { entry_point: `${ref}-2.sh` },
    });
  });

  test('archives are kept byte for byte, in parts, and made once', async () => {
    const ref = uniqueName('archived');
    const bytes = Buffer.alloc(2_500_000, 'Attune');
    await savePack(sql, revision(ref, `${ref}-1`, { archive: () => Readable.from([bytes]) }));
    await savePack(sql, revision(ref, `${ref}-2`, { archive: () => Readable.from([Buffer.from('two')]) }));
    await savePack(sql, revision(ref, `${ref}-1`, { archive: () => Readable.from([Buffer.from('other')]) }));

    const stored = await findArchive(sql, { ref });
    expect(stored).toEqual({ ref, digest: `${ref}-1`, size: bytes.length });
    expect(bytes.equals(await buffer(readArchive(sql, `${ref}-1`)))).toBe(true);
    expect(await findArchive(sql, { ref, digest: `${ref}-2` })).toMatchObject({ size: 3 });
    expect(await findArchive(sql, { ref: 'another', digest: `${ref}-2` })).toBeUndefined();
    expect(await findArchive(sql, { ref, digest: `${ref}-3` })).toBeUndefined();
  });

  test('files that can not be put in their place: nothing is stored', async () => {
    const ref = uniqueName('stuck');
    await expect(savePack(sql, revision(ref, `${ref}-1`), diskFull)).rejects.toThrow('disk full');
    expect(await findArchive(sql, { ref, digest: `${ref}-1` })).toBeUndefined();
  });

  test('one pack is put in its place by one at a time', async () => {
    const ref = uniqueName('contended');
    let inside = 0;
    const most: number[] = [];
    const install = async () => {
      inside += 1;
      most.push(inside);
      await sql`SELECT FROM pack`;
      inside -= 1;
    };
    const digests = ['a', 'b', 'c'].map((letter) => `${ref}-${letter}`);
    await Promise.all(digests.map((digest) => savePack(sql, revision(ref, digest), install)));
    expect(most).toEqual([1, 1, 1]);
  });

  describe('are removed', () => {
    test('when nothing needs them any more: not current, not young, not named by what is unfinished', async () => {
      const ref = uniqueName('fading');
      for (const number of [1, 2, 3]) await savePack(sql, revision(ref, `${ref}-${number}`));
      const waiting = await claim(ref, `${ref}-1`);
      await removeRevisions(sql, { olderThanSeconds: 3600, limit: 10 });
      expect(await remaining(ref)).toHaveLength(3);

      await removeRevisions(sql, { olderThanSeconds: 0, limit: 10 });
      expect(await remaining(ref)).toEqual([`${ref}-1`, `${ref}-3`]);
      const row = await waiting();
      await removeRevisions(sql, { olderThanSeconds: 0, limit: 10 });
      expect(await remaining(ref)).toEqual([`${ref}-1`, `${ref}-3`]);

      await sql`UPDATE execution SET state = 'completed' WHERE id = ${row?.execution ?? 0}`;
      const removed = await removeRevisions(sql, { olderThanSeconds: 0, limit: 10 });
      expect(removed).toContainEqual({ ref, digest: `${ref}-1` });
      expect(await remaining(ref)).toEqual([`${ref}-3`]);
      expect(await findArchive(sql, { ref, digest: `${ref}-1` })).toBeUndefined();
    });

    test('not while something runs that names none, as what was begun before there were revisions', async () => {
      const ref = uniqueName('ancient');
      await savePack(sql, revision(ref, `${ref}-1`));
      const waiting = await claim(ref, `${ref}-1`);
      await savePack(sql, revision(ref, `${ref}-2`));
      const row = await waiting();
      await sql`UPDATE execution SET pack_digest = NULL WHERE id = ${row?.execution ?? 0}`;
      await removeRevisions(sql, { olderThanSeconds: 0, limit: 10 });
      expect(await remaining(ref)).toHaveLength(2);
    });

    test('in small batches', async () => {
      const ref = uniqueName('many');
      for (let number = 0; number < 5; number += 1) await savePack(sql, revision(ref, `${ref}-${number}`));
      expect(await removeRevisions(sql, { olderThanSeconds: 0, limit: 2 })).toHaveLength(2);
    });
  });
});

/** A pack with one action, `<ref>.run`, at some time. */
function revision(ref: string, digest: string, change: Partial<NewPack> = {}): NewPack {
  const action = actionDefinition.parse({
    ref: `${ref}.run`,
    entry_point: `${digest}.sh`,
    runner_type: 'special',
  });
  return samplePack(ref, { digest, actions: [action], ...change });
}

function special(ref: string, binary: string) {
  const definition = { ref: `${ref}.special`, name: 'special', aliases: [`special-${ref}`] };
  return runtimeDefinition.parse({ ...definition, execution_config: { interpreter: { binary } } });
}

function diskFull(): Promise<never> {
  return Promise.reject(new Error('disk full'));
}
