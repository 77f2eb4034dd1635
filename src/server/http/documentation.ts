import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from './app-type.ts';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { buildInfo } from '../../shared/build-info.ts';

const tags = [
  { name: 'packs', description: 'Folders of actions' },
  { name: 'actions', description: 'What can be run' },
  { name: 'executions', description: 'Requested runs of actions, their logs and results' },
  { name: 'workers', description: 'Running agents, and the pools that they form' },
  { name: 'runtimes', description: 'Kinds of interpreters' },
  { name: 'server', description: 'The control plane itself' },
];

/** Serves `/openapi.json`, made from the schemas that validate, and a page to read it at `/docs`. Add it before the routes. */
export async function serveDocumentation(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Attune',
        version: buildInfo().version,
        description:
          'Errors are RFC 9457 problem documents: match their `code`. Lists are paged by `cursor`.',
      },
      tags,
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
