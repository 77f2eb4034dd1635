import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from './app-type.ts';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { problem } from '../../contract/problem.ts';
import { buildInfo } from '../../shared/build-info.ts';

const tags = [
  { name: 'packs', description: 'Folders of actions' },
  { name: 'actions', description: 'What can be run' },
  { name: 'executions', description: 'Requested runs of actions, their logs and results' },
  { name: 'workers', description: 'Running agents, and the pools that they form' },
  { name: 'runtimes', description: 'Kinds of interpreters' },
  { name: 'server', description: 'The control plane itself' },
];

const problemResponse = {
  description: 'A problem document (RFC 9457)',
  content: { 'application/problem+json': { schema: problem } },
};

/** Adds what routes do not say themselves: each may answer with a problem, and those that produce text answer with it. */
const transform: typeof jsonSchemaTransform = (route) => {
  const { schema } = route;
  if (schema === undefined || schema.hide === true) return jsonSchemaTransform(route);
  const [type] = schema.produces ?? [];
  const text =
    type === undefined ? {} : { 200: { description: 'Text', content: { [type]: { schema: z.string() } } } };
  const given: unknown = schema.response;
  const response = { ...text, ...(typeof given === 'object' ? given : {}), default: problemResponse };
  return jsonSchemaTransform({ ...route, schema: { ...schema, response } });
};

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
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          agentToken: { type: 'apiKey', in: 'header', name: 'X-Agent-Token' },
        },
      },
      security: [{ token: [] }],
    },
    transform,
  });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
