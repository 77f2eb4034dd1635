import { beforeAll, describe, expect, test } from 'vitest';

import { showWorker } from '../../../src/cli/api/endpoints.ts';
import { expectWork } from '../../support/containers/expect-work.ts';
import { startStack, type Stack } from '../../support/containers/stack.ts';
import { startWorker } from '../../support/containers/worker.ts';
import { getImage } from '../../support/images/image.ts';
import { supportedImages } from '../../support/images/supported.ts';
import { requires } from '../../support/requires.ts';

/** Milliseconds in which the images can be built of packages on a slow machine. */
const patience = 900_000;

describe.skipIf(!requires('docker') || !requires('agent'))('the agent in a container of', () => {
  let stack: Stack;
  const starts: string[] = [];

  beforeAll(async () => {
    [stack] = await Promise.all([startStack(), ...supportedImages.map(getImage)]);
    return async () => {
      await stack.stop();
      console.log(`From docker run to consuming:\n${starts.join('\n')}`);
    };
  }, patience);

  test.each(supportedImages)('$name: $description', async (image) => {
    const reference = await getImage(image);
    const worker = await startWorker(reference, stack);
    const kind = reference === image.name ? 'itself' : 'stand-in';
    starts.push(`  ${worker.startMilliseconds.toFixed(0)} ms  ${image.name} (${kind})`);
    const { status, capabilities } = await showWorker(stack.client, worker.name);
    expect(status).toBe('online');
    const found = capabilities.runtimes.map(({ name }) => name);
    expect(found).toEqual(expect.arrayContaining([...image.runtimes]));

    await expectWork(stack.client, image.runtimes);
    // The supervisor and the agent: nothing ran on, and no zombie stayed.
    await expect.poll(() => worker.processes()).toHaveLength(2);
    expect(await worker.stop()).toBe(0);
  });
});
