import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { createAuthority } from '../../support/certificates.ts';
import { expectWork } from '../../support/containers/expect-work.ts';
import { startStack, type Stack } from '../../support/containers/stack.ts';
import { startWorker } from '../../support/containers/worker.ts';
import { getImage } from '../../support/images/image.ts';
import { supportedImage } from '../../support/images/supported.ts';
import { requires } from '../../support/requires.ts';
import type { Environment } from '../../support/system.ts';

const images = ['python:3.12-slim', 'alpine:3.20', 'scratch'].map(supportedImage);

/** Milliseconds in which the images can be built of packages on a slow machine. */
const patience = 900_000;

const possible = requires('docker') && requires('agent') && requires('openssl');

describe.skipIf(!possible)('servers with certificates of a private authority', () => {
  let stack: Stack;
  let authority = '';

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'attune-test-'));
    const issuer = createAuthority(folder);
    authority = issuer.file;
    stack = await startStack(issuer.issue('DNS:postgres', 'DNS:rabbitmq'));
    return async () => {
      await stack.stop();
      rmSync(folder, { recursive: true });
    };
  }, patience);

  test.each(images)('are trusted in $name by one setting', async (image) => {
    const worker = await startWorker(await getImage(image), stack, {
      options: [`--volume=${authority}:/authority.pem:ro`],
      environment: { ...overTls(stack.environment), ATTUNE_CA_BUNDLE: '/authority.pem' },
    });
    await expectWork(stack.client, image.runtimes);
    expect(await worker.stop()).toBe(0);
  });

  test.each(images)('are trusted in $name by nothing else', async (image) => {
    const untrusting = startWorker(await getImage(image), stack, {
      environment: { ...overTls(stack.environment), ATTUNE_AGENT_CONNECT_TIMEOUT: '1s' },
    });
    await expect(untrusting).rejects.toThrow(/certificate/);
  });
});

function overTls({ ATTUNE__DATABASE__URL: database = '', ...others }: Environment): Environment {
  return {
    ...others,
    ATTUNE__DATABASE__URL: `${database}?sslmode=verify-full`,
    ATTUNE__MESSAGE_QUEUE__URL:
      others['ATTUNE__MESSAGE_QUEUE__URL']?.replace('amqp:', 'amqps:').replace(':5672', ':5671') ?? '',
  };
}
