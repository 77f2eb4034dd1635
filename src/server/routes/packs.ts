import { packView } from '../../contract/api/pack.ts';
import { pageOf, pageQuery } from '../../contract/api/page.ts';
import {
  registerPackReply,
  registerPackRequest,
  type RegisterPackReply,
} from '../../contract/api/register-pack.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { Sql } from '../../store/connect.ts';
import { findPack, listPacks } from '../../store/packs.ts';
import { refPath, type App } from '../http/app-type.ts';
import type { LoadedPack } from '../../packs/load-pack.ts';

export interface PackServices {
  readonly sql: Sql;
  readonly registerPack: (folder: string) => Promise<LoadedPack>;
}

export function packRoutes(app: App, { sql, registerPack }: PackServices): void {
  app.post(
    '/packs/register',
    {
      schema: {
        tags: ['packs'],
        summary: "Register the pack in a folder of the server's machine, or replace it",
        body: registerPackRequest,
        response: { 201: registerPackReply },
      },
    },
    async (request, reply) => {
      const pack = await registerPack(request.body.path);
      return reply.status(201).send(registrationReply(pack));
    },
  );

  app.get(
    '/packs',
    {
      schema: {
        tags: ['packs'],
        summary: 'List packs',
        querystring: pageQuery,
        response: { 200: pageOf(packView) },
      },
    },
    async ({ query }) => listPacks(sql, query),
  );

  app.get(
    '/packs/:ref',
    { schema: { tags: ['packs'], summary: 'Show a pack', params: refPath, response: { 200: packView } } },
    async ({ params: { ref } }) => {
      const pack = await findPack(sql, ref);
      if (pack === undefined) throw new AttuneError('unknown_pack', `There is no pack "${ref}"`);
      return pack;
    },
  );
}

/** What is said of a pack that was registered. */
export function registrationReply({
  definition,
  actions,
  runtimes,
  warnings,
}: LoadedPack): RegisterPackReply {
  return {
    ref: definition.ref,
    version: definition.version,
    actions: actions.map(({ ref }) => ref),
    runtimes: runtimes.map(({ name }) => name),
    warnings: [...warnings],
  };
}
