import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createClient, type Client } from '../../../src/cli/api/client.ts';
import { listWorkers, uploadPack } from '../../../src/cli/api/endpoints.ts';
import { archivePack } from '../../../src/packs/archive/archive-pack.ts';
import { listPackFiles } from '../../../src/packs/pack-files.ts';
import { docker } from '../../support/docker.ts';
import { expectWork } from '../../support/containers/expect-work.ts';
import { startProject, type Project } from '../../support/containers/project.ts';
import { runAction } from '../../support/containers/run-action.ts';
import { getImage } from '../../support/images/image.ts';
import { serverImages } from '../../support/images/servers.ts';
import { supportedImage } from '../../support/images/supported.ts';
import { requires } from '../../support/requires.ts';

/** The images of compose.yml and compose.override.example.yml by service, and one that a user might have. */
const images = {
  postgres: serverImages.postgres,
  rabbitmq: serverImages.rabbitmq,
  worker: supportedImage('python:3.12-slim'),
  'worker-ruby': supportedImage('ruby:3.3-slim'),
  'worker-r': supportedImage('r-base:4.4.3'),
  'worker-custom': supportedImage('eclipse-temurin:21-jdk'),
  'worker-remote': supportedImage('node:22-slim'),
};

/** A runtime that no other worker has. */
const runtimeOf = {
  worker: 'python',
  'worker-ruby': 'ruby',
  'worker-r': 'r',
  'worker-custom': 'java',
  'worker-remote': 'node',
};

const greetings = join(import.meta.dirname, '../../fixtures/greetings');

/** Milliseconds in which the images can be built of packages on a slow machine. */
const patience = 900_000;

describe.skipIf(!requires('docker') || !requires('compose') || !requires('agent'))(
  'the stack of compose.yml',
  () => {
    let project: Project;
    let client: Client;

    beforeAll(async () => {
      const changes: Record<string, object> = {};
      for (const [service, image] of Object.entries(images))
        changes[service] = { image: await getImage(image) };
      project = await startProject({
        ...changes,
        // Few machines have its driver.
        'worker-gpu': { profiles: ['gpu'] },
      });
      const address = await project.compose('port', 'server', '8080');
      client = createClient({ url: `http://${address}`, token: project.token });
      return () => project.remove();
    }, patience);

    test('runs an execution in each worker', async () => {
      const archive = archivePack(greetings, await listPackFiles(greetings));
      await uploadPack(client, archive, new AbortController().signal);
      await expect
        .poll(async () => (await listWorkers(client, { limit: 100 })).items.length)
        .toBe(Object.keys(runtimeOf).length);
      await expectWork(client, Object.values(runtimeOf));
    });

    test('lets a worker finish what it does when it is stopped', async () => {
      const nap = runAction(client, 'greetings.nap', {});
      await expect.poll(() => project.compose('logs', 'worker-ruby')).toContain('greetings.nap');
      await project.compose('stop', 'worker-ruby');
      expect(await nap).toMatchObject({ state: 'completed', data: { rested: true } });
    });

    test('ends as it should, and leaves nothing', async () => {
      await project.compose('stop');
      const containers = await project.compose('ps', '--all', '--format', '{{.Service}} {{.ExitCode}}');
      expect(containers.split('\n').toSorted()).toEqual(
        ['init-agent', ...Object.keys(images), 'server'].map((service) => `${service} 0`).toSorted(),
      );
      await project.compose('down', '--volumes');
      for (const list of [
        ['ps', '--all'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ])
        expect(await docker([...list, '--quiet', '--filter', `label=${project.label}`])).toBe('');
    });
  },
);
