import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { buildImage } from '../../support/containers/product-images.ts';
import { docker } from '../../support/docker.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';

const dist = join(import.meta.dirname, '../../../dist');

describe.skipIf(!requires('docker') || !requires('agent'))('the image', () => {
  test('agent-binary holds the file and nothing else', async () => {
    const image = await buildImage('docker/Dockerfile.agent', '--target=agent-binary');
    expect(await filesOf(image)).toEqual(['attune-agent']);
    expect(await docker(['run', '--rm', image, '--version'])).toMatch(/^attune-agent /);
  });

  test('agent-init fills a volume that any user can run it from, again and again', async () => {
    const image = await buildImage('docker/Dockerfile.agent', '--target=agent-init');
    const volume = await docker(['volume', 'create']);
    onTestFinished(async () => void (await docker(['volume', 'rm', volume])));
    const fill = ['run', '--rm', '--volume', `${volume}:/opt/attune/agent`, image];
    expect(await docker(fill)).toContain('installed /opt/attune/agent/attune-agent');
    expect(await docker(fill)).toContain('unchanged');
    const use = [
      'run',
      '--rm',
      '--user=65532',
      '--volume',
      `${volume}:/agent:ro`,
      '--entrypoint=/agent/attune-agent',
    ];
    expect(await docker([...use, image, '--version'])).toMatch(/^attune-agent /);
  });

  test('of the server runs as a user without privileges and without a shell', async () => {
    const image = await buildImage('docker/Dockerfile.server');
    const config = await docker([
      'image',
      'inspect',
      '--format',
      '{{.Config.User}} {{.Config.Healthcheck.Test}}',
      image,
    ]);
    expect(config).toBe('65532:65532 [CMD /attune health]');
    expect(await filesOf(image)).toEqual(expect.arrayContaining(['attune', 'static/index.html']));
    await expect(docker(['run', '--rm', image, 'health'])).rejects.toThrow('No Attune server answers');
  });

  test.skipIf(!requires('buildx') || !requires('arm-agent'))(
    'agent-binary of another architecture holds the file of that architecture',
    async () => {
      const options = ['--target=agent-binary', '--platform=linux/arm64'];
      const image = await buildImage('docker/Dockerfile.agent', ...options);
      expect(await docker(['image', 'inspect', '--format={{.Architecture}}', image])).toBe('arm64');
      const copy = join(folderWith({}), 'copy');
      await inContainer(image, (container) => docker(['cp', `${container}:/attune-agent`, copy]));
      expect(readFileSync(copy).equals(readFileSync(join(dist, 'attune-agent-aarch64')))).toBe(true);
    },
  );
});

/** The files of an image, without those that the engine adds for a container. */
async function filesOf(image: string): Promise<string[]> {
  const script = 'docker export "$0" | tar --list --exclude=dev/* --exclude=etc/* --exclude=.dockerenv';
  const list = await inContainer(image, (container) =>
    execFileSync('bash', ['-o', 'pipefail', '-c', script, container], { encoding: 'utf8' }),
  );
  return list.split('\n').filter((path) => path !== '' && !path.endsWith('/'));
}

/** Looks into a container that never runs. */
async function inContainer<T>(image: string, look: (container: string) => T | Promise<T>): Promise<T> {
  const container = await docker(['create', '--platform', await platformOf(image), image]);
  try {
    return await look(container);
  } finally {
    await docker(['rm', container]);
  }
}

function platformOf(image: string): Promise<string> {
  return docker(['image', 'inspect', '--format={{.Os}}/{{.Architecture}}', image]);
}
