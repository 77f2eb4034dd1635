import * as z from 'zod';
import { keyView, setKeyRequest } from '../../contract/api/key.ts';
import { pageOf, pageQuery } from '../../contract/api/page.ts';
import { keyName } from '../../contract/key.ts';
import { AttuneError } from '../../shared/errors.ts';
import { sealText, type SecretBox } from '../../shared/secret-box.ts';
import type { Sql } from '../../store/connect.ts';
import { deleteKey, findKey, listKeys, saveKey } from '../../store/keys.ts';
import type { App } from '../http/app-type.ts';

export interface KeyServices {
  readonly sql: Sql;
  /** Absent where the server has no encryption key. */
  readonly secretBox: SecretBox | undefined;
}

const namePath = z.object({ name: keyName });

export function keyRoutes(app: App, { sql, secretBox }: KeyServices): void {
  const tags = ['keys'];

  app.put(
    '/keys/:name',
    {
      schema: {
        tags,
        summary: 'Store a key, or replace its value',
        description: 'The value is stored encrypted, and never given back by the API.',
        params: namePath,
        body: setKeyRequest,
        response: { 200: keyView },
      },
    },
    async ({ params: { name }, body: { value } }) => {
      if (secretBox === undefined) throw encryptionKeyMissing();
      return saveKey(sql, name, sealText(secretBox, value));
    },
  );

  app.get(
    '/keys',
    {
      schema: {
        tags,
        summary: 'List keys, without their values',
        querystring: pageQuery,
        response: { 200: pageOf(keyView) },
      },
    },
    async ({ query }) => listKeys(sql, query),
  );

  app.get(
    '/keys/:name',
    {
      schema: {
        tags,
        summary: 'Show a key, without its value',
        params: namePath,
        response: { 200: keyView },
      },
    },
    async ({ params: { name } }) => (await findKey(sql, name)) ?? refuse(name),
  );

  app.delete(
    '/keys/:name',
    { schema: { tags, summary: 'Remove a key', params: namePath, response: { 200: keyView } } },
    async ({ params: { name } }) => (await deleteKey(sql, name)) ?? refuse(name),
  );
}

function refuse(name: string): never {
  throw new AttuneError('unknown_key', `There is no key "${name}"`);
}

function encryptionKeyMissing(): AttuneError {
  return new AttuneError(
    'encryption_key_missing',
    'This server has no key to store secrets under: set ATTUNE__SECURITY__ENCRYPTION_KEY to at least 32 characters, the same for all servers and direct workers',
  );
}
