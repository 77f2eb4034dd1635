import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { provideImage } from './images/provide.ts';
import { dockerAnswers } from './servers/docker.ts';
import { postgresSources } from './servers/postgres-sources.ts';
import { rabbitmqSources } from './servers/rabbitmq-sources.ts';
import { anyAvailable, startFrom, type Server, type Source } from './servers/source.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the tests of this run share. */
    testRun: {
      /**
       * `GET <control>/postgres` and `/amqp` start the server where it does not run yet, and answer its URLs; `/image/<name>` provides
       * an image for containers, and answers what Docker knows it by.
       */
      readonly control: string;
      /** The servers that can be had on this machine, and `docker` where its daemon answers. */
      readonly available: string[];
      /** File that collects, a line each, what was asked for and is missing. */
      readonly missing: string;
    };
  }
}

const sourcesOf: Readonly<Record<string, readonly Source[]>> = {
  postgres: postgresSources(),
  amqp: rabbitmqSources(),
};
const started = new Map<string, Promise<Server>>();
const missing = join(tmpdir(), `attune-test-missing-${randomBytes(6).toString('hex')}`);

/** Servers start when the first test asks for them: one test file costs no more than what it needs. */
const control = createServer((request, response) => {
  const [name = '', image = ''] = (request.url ?? '').slice(1).split('/');
  const answer =
    name === 'image'
      ? provideImage(decodeURIComponent(image))
      : serverOf(name).then((server) => JSON.stringify(server));
  answer.then(
    (text) => response.end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});

export async function setup(project: TestProject): Promise<void> {
  control.listen(0, '127.0.0.1').unref();
  await once(control, 'listening');
  const address = control.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  project.provide('testRun', {
    control: `http://127.0.0.1:${address.port}`,
    available: await available(),
    missing,
  });
}

export async function teardown(): Promise<void> {
  control.close();
  control.closeAllConnections();
  await Promise.all(
    [...started.values()].map(async (server) => (await server.catch(() => undefined))?.stop()),
  );
  if (!existsSync(missing)) return;
  const lines = new Set(readFileSync(missing, 'utf8').split('\n').filter(Boolean));
  console.log(`\nNot run here: ${[...lines].toSorted().join('; ')}`);
  rmSync(missing);
}

function serverOf(name: string): Promise<Server> {
  const running = started.get(name);
  if (running !== undefined) return running;
  const server = startFrom(sourcesOf[name] ?? []);
  started.set(name, server);
  return server;
}

async function available(): Promise<string[]> {
  const checks = Object.entries(sourcesOf).map(async ([name, sources]) => ({
    name,
    present: await anyAvailable(sources),
  }));
  const docker = dockerAnswers().then((present) => ({ name: 'docker', present }));
  const checked = await Promise.all([...checks, docker]);
  return checked.filter(({ present }) => present).map(({ name }) => name);
}
