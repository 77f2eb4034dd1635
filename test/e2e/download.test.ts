import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { beforeAll, describe, expect, test } from 'vitest';
import { runningServer, type RunningServer } from '../integration/server/support/running-server.ts';
import { docker } from '../support/docker.ts';
import { getImage } from '../support/images/image.ts';
import { supportedImage } from '../support/images/supported.ts';
import { requires } from '../support/requires.ts';

const root = join(import.meta.dirname, '../..');
const script = readFileSync(join(root, 'docker/attune-agent-wrapper.sh'), 'utf8');
const token = 'a-token-for-downloads';
const detected = z.object({ runtimes: z.array(z.object({ name: z.string() })) });

/** With Perl, with Python, and with BusyBox alone; the shells are dash, bash and ash. */
const images = [
  { name: 'debian:bookworm-slim', shell: '/bin/sh' },
  { name: 'python:3.12-slim', shell: '/bin/bash' },
  { name: 'alpine:3.20', shell: '/bin/sh' },
  { name: 'busybox:1.36', shell: '/bin/sh' },
];

const hardened = ['--read-only', '--tmpfs=/tmp:rw,exec,mode=1777', '--user=65532:65532', '--cap-drop=ALL'];

/** Milliseconds in which the images can be built of packages on a slow machine. */
const patience = 900_000;

describe.skipIf(!requires('docker') || !requires('agent') || !requires('postgres'))(
  'the sealed file is downloaded and runs',
  () => {
    let server: RunningServer;

    beforeAll(async () => {
      [server] = await Promise.all([
        runningServer({
          ATTUNE__AGENT__BINARY_DIR: join(root, 'dist'),
          ATTUNE__AGENT__BOOTSTRAP_TOKEN: token,
        }),
        ...images.map(({ name }) => getImage(supportedImage(name))),
      ]);
      return () => server.drop();
    }, patience);

    describe.each(images)('in $name', ({ name, shell }) => {
      test.each([
        ['as it is', []],
        ['with a read-only root, as a user without privileges', hardened],
      ])('%s', async (_, options) => {
        const image = supportedImage(name);
        const variables = [`ATTUNE_API_URL=${server.url}`, `ATTUNE_AGENT_TOKEN=${token}`];
        const words = [
          'run',
          '--rm',
          '--interactive',
          '--network=host',
          ...variables.map((variable) => `--env=${variable}`),
          `--entrypoint=${shell}`,
          ...options,
          await getImage(image),
        ];
        // The script comes by stdin, as from `wget -qO- .../bootstrap.sh | sh -s`.
        const output = await docker([...words, '-s', 'detect', '--json'], script);
        const names = detected.parse(JSON.parse(output)).runtimes.map((runtime) => runtime.name);
        expect(names.toSorted()).toEqual(expect.arrayContaining([...image.runtimes]));
      });
    });
  },
);
