import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';

describe.skipIf(!requires('postgres'))('arrays as parameters', () => {
  let database: StoreDatabase;

  beforeAll(async () => {
    database = await storeDatabase();
  });
  afterAll(() => database.drop());

  /** PostgreSQL refuses NUL in text. */
  const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed().replaceAll('\0', ''));

  test('texts and nulls arrive as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
        const [row] = await database.sql`SELECT to_json(${values}::text[]) AS back`;
        expect(row).toEqual({ back: values });
      }),
      { examples: [[['', 'NULL', 'null', '{}', '"', '\\', ',', ' a ', 'a\nb', null]]] },
    );
  });

  test('numbers arrive as they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.maxSafeInteger()),
        fc.array(fc.integer()),
        // Neither JSON nor we know a negative zero.
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
        async (large, small, broken) => {
          const [row] = await database.sql`
            SELECT to_json(${large}::bigint[]) AS large, to_json(${small}::integer[]) AS small,
              to_json(${broken}::double precision[]) AS broken`;
          expect(row).toEqual({ large, small, broken });
        },
      ),
    );
  });
});
