import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { docker } from '../../support/docker.ts';
import { folderWith } from '../../support/folder.ts';
import { getImage } from '../../support/images/image.ts';
import { supportedImage } from '../../support/images/supported.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';

const image = supportedImage('alpine:3.20');

/** Milliseconds in which the image can be made on a slow machine. */
const patience = 900_000;

/** A runtime of the pack's own, which every image with a shell has, and an installer that takes its time. */
const pack = {
  'pack/pack.yaml': 'ref: demo\n',
  'pack/tools.txt': 'hammer\n',
  'pack/actions/it.yaml': 'ref: demo.it\nrunner_type: tool\nentry_point: it.sh\n',
  'pack/actions/it.sh': '',
  'pack/runtimes/tool.yaml': [
    'ref: demo.tool',
    'name: tool',
    'distributions: {verification: {commands: [{binary: sh, args: ["-c", "echo 1.2.3"], pattern: "(1.2.3)"}]}}',
    'execution_config:',
    '  interpreter: {binary: sh}',
    '  dependencies: {manifest_file: tools.txt, install_command: [sh, -eu, "{pack_dir}/install.sh", "{env_dir}"]}',
  ].join('\n'),
  'pack/install.sh':
    'echo built >> /shared/log; for i in $(seq 40); do echo "$i" > "$1/$i"; sleep 0.05; done',
};

const report = z.object({ environments: z.tuple([z.object({ folder: z.string() })]) });

/** Containers that share a volume with a pack and its environments. */
function scene() {
  const shared = folderWith(pack);
  const log = join(shared, 'log');
  let started = 0;
  return {
    shared,
    builds: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0),
    /** Wants the environment four times at once. */
    start: async () => {
      started += 1;
      const name = `attune-environments-${process.pid}-${Date.now()}-${started}`;
      onTestFinished(async () => void (await docker(['rm', '--force', name]).catch(() => undefined)));
      const build = '/attune-agent env build /shared/pack --json > /tmp/$n || cat /tmp/$n >&2';
      await docker([
        'run',
        '--detach',
        `--name=${name}`,
        `--volume=${agentFile}:/attune-agent:ro`,
        `--volume=${shared}:/shared`,
        '--env=ATTUNE_RUNTIME_ENVS_DIR=/shared/envs',
        '--entrypoint=sh',
        await getImage(image),
        '-c',
        `for n in 1 2 3 4; do { ${build}; } & done; wait; for n in 1 2 3 4; do tr -d '\\n' < /tmp/$n; echo; done`,
      ]);
      return name;
    },
  };
}

/** The folders that the four of a container were given. */
async function foldersOf(container: string): Promise<string[]> {
  await docker(['wait', container]);
  const lines = (await docker(['logs', container])).split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => report.parse(JSON.parse(line)).environments[0].folder);
}

describe.skipIf(!requires('docker') || !requires('agent'))('containers that share a volume', () => {
  beforeAll(async () => void (await getImage(image)), patience);

  test('build an environment once, however many want it', async () => {
    const { builds, start } = scene();
    const containers = await Promise.all(Array.from({ length: 4 }, start));
    const folders = (await Promise.all(containers.map(foldersOf))).flat();
    expect(folders).toHaveLength(16);
    expect(new Set(folders).size).toBe(1);
    expect(builds()).toBe(1);
  });

  test('go on where others were killed, and see nothing that is not complete', async () => {
    const { builds, shared, start } = scene();
    const doomed = await start();
    await expect.poll(builds).toBe(1);
    const others = await Promise.all([start(), start()]);
    await docker(['kill', doomed]);
    const folders = (await Promise.all(others.map(foldersOf))).flat();
    expect(folders).toHaveLength(8);
    expect(new Set(folders).size).toBe(1);
    expect(builds()).toBe(2);
    expect(readdirSync(join(shared, folders[0]?.replace('/shared/', '') ?? ''))).toHaveLength(40);
    expect(
      readdirSync(join(shared, 'envs/demo/.builds')).filter((name) => !name.endsWith('.used')),
    ).toHaveLength(1);
  });
});
