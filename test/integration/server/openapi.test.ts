import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requires } from '../../support/requires.ts';
import { runningServer, type RunningServer } from './support/running-server.ts';

const operation = z.object({
  summary: z.string(),
  tags: z.array(z.string()).length(1),
  responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), z.unknown()) })),
});
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

describe.skipIf(!requires('postgres'))('the OpenAPI document', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await runningServer();
  });
  afterAll(() => server.drop());

  test('says of every route what it is for, what it answers, and that it may answer with a problem', async () => {
    const { paths } = document.parse((await server.get('/openapi.json')).body);
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

    expect(operations.length).toBeGreaterThan(20);
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toContain('default');
      expect(Object.keys(responses).some((status) => status.startsWith('20'))).toBe(true);
    }
    expect(Object.keys(paths['/api/v1/executions/stream']?.['get']?.responses['200']?.content ?? {})).toEqual(
      ['text/event-stream'],
    );
  });
});
