import { beforeAll, describe, expect, test } from 'vitest';

import { docker } from '../../support/docker.ts';
import { runAction } from '../../support/containers/run-action.ts';
import { expectWork } from '../../support/containers/expect-work.ts';
import { domain, namesOf, startStack, type Stack } from '../../support/containers/stack.ts';
import { startWorker, type WorkerOptions } from '../../support/containers/worker.ts';
import { getImage } from '../../support/images/image.ts';
import { supportedImage } from '../../support/images/supported.ts';
import { requires } from '../../support/requires.ts';
import type { Environment } from '../../support/system.ts';

/** A libc and many programs, another libc and few, and not even a shell. */
const images = ['python:3.12-slim', 'alpine:3.20', 'gcr.io/distroless/python3-debian12'].map(supportedImage);

/** Nobody who runs a cluster asks for more than all of them. */
const hardenings: Readonly<Record<string, readonly string[]>> = {
  'a read-only root and a /tmp without exec': ['--read-only', '--tmpfs=/tmp:rw,noexec,nosuid,size=16m'],
  'a user without privileges': ['--user=65532:65532'],
  'a user without an account, of group 0': ['--user=1000680000:0'],
  'no capabilities and no new privileges': ['--cap-drop=ALL', '--security-opt=no-new-privileges'],
  '128 MB of memory': ['--memory=128m', '--memory-swap=128m'],
};

/** What a container may bring along. */
const circumstances: Readonly<Record<string, WorkerOptions>> = {
  ...Object.fromEntries(Object.entries(hardenings).map(([name, options]) => [name, { options }])),
  'all of that at once': {
    options: Object.values(hardenings)
      .flat()
      .filter((option) => option !== '--user=65532:65532'),
  },
  'an init of the engine as process 1': { options: ['--init'] },
  'a proxy that nobody must be asked through': {
    environment: Object.fromEntries(
      ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'].map((name) => [
        name,
        'http://127.0.0.1:1',
      ]),
    ),
  },
};

/** Milliseconds in which the images can be built of packages on a slow machine. */
const patience = 900_000;

describe.skipIf(!requires('docker') || !requires('agent'))('the agent works', () => {
  let stack: Stack;

  beforeAll(async () => {
    [stack] = await Promise.all([startStack(), ...images.map(getImage)]);
    return () => stack.stop();
  }, patience);

  describe.each(images)('in $name', (image) => {
    test.each(Object.entries(circumstances))('with %s', async (_, options) => {
      const worker = await startWorker(await getImage(image), stack, options);
      await expectWork(stack.client, image.runtimes);
      expect(await worker.stop()).toBe(0);
    });

    test('with host names that are whole only with a search domain', async () => {
      const worker = await startWorker(await getImage(image), stack, {
        options: [`--dns-search=${domain}`],
        environment: shorten(stack.environment),
      });
      await expectWork(stack.client, image.runtimes);
      expect(await worker.stop()).toBe(0);
    });
  });

  test('on when its servers have moved to other addresses', async () => {
    const worker = await startWorker(await getImage(supportedImage('alpine:3.20')), stack);
    await swapAddresses(stack);
    // Connections that were cut are noticed by whoever uses them next.
    const work = () => runAction(stack.client, 'native.tell', {}).catch(String);
    await expect.poll(work, { timeout: 60_000 }).toMatchObject({ state: 'completed' });
    expect(await worker.stop()).toBe(0);
  });
});

/** Each server of the stack gets the address of the other one, or a new one; names stay. */
async function swapAddresses({ network }: Stack): Promise<void> {
  const servers = ['postgres', 'rabbitmq'];
  for (const server of servers) await docker(['network', 'disconnect', network, `${network}-${server}`]);
  for (const server of servers.toReversed()) {
    const aliases = namesOf(server).map((alias) => `--alias=${alias}`);
    await docker(['network', 'connect', ...aliases, network, `${network}-${server}`]);
  }
}

function shorten(environment: Environment): Environment {
  const entries = Object.entries(environment).map(
    ([name, value]) => [name, value.replace('@', '@my-')] as const,
  );
  return Object.fromEntries(entries);
}
