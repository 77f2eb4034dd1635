import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectRuntimes, type Refused } from '../../../../src/agent/detect/runtimes.ts';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';
import type { DetectedRuntime } from '../../../../src/contract/capability.ts';
import { folderWith, type Content } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';

/** A program that answers each question about its version in the same way. */
function says(script: string): Content {
  return { program: `#!/bin/sh\n${script}\n` };
}

/** What needs nothing of a container. */
const alwaysThere = ['native', 'javascript', 'wasm'];

async function detectIn(files: Record<string, Content>, ...only: string[]): Promise<DetectedRuntime[]> {
  const root = folderWith(files);
  const runtimes = await detectRuntimes({
    environment: { PATH: join(root, 'bin') },
    templates: runtimeTemplates.filter(({ name }) => only.includes(name)),
  });
  return runtimes.map(({ path = '', ...runtime }) => Object.assign(runtime, { path: relative(root, path) }));
}

describe('detectRuntimes', () => {
  test('the default comes first, then every other version, the highest first', async () => {
    const files = {
      'bin/python3': says('echo Python 3.11.2'),
      'bin/python3.9': says('echo Python 3.9.18'),
      'bin/python3.12': says('echo Python 3.12.1'),
      'bin/python': says('echo Python 3.11.2'),
    };
    expect(await detectIn(files, 'python')).toEqual([
      { name: 'python', version: '3.11.2', path: 'bin/python3' },
      { name: 'python', version: '3.12.1', path: 'bin/python3.12' },
      { name: 'python', version: '3.9.18', path: 'bin/python3.9' },
    ]);
  });

  test('a version on standard error counts, whatever is printed around it', async () => {
    const java = says(
      `echo 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g' >&2; echo 'openjdk version "1.8.0_392"' >&2`,
    );
    expect(await detectIn({ 'bin/java': java }, 'java')).toEqual([
      { name: 'java', version: '1.8.0', path: 'bin/java' },
    ]);
  });

  test('a version file spares the command', async () => {
    const files = {
      'go/VERSION': 'go1.22\ntime 2024-01-01\n',
      'go/bin/go': says('exit 1'),
      'bin/go': { link: '../go/bin/go' },
    };
    expect(await detectIn(files, 'go')).toEqual([{ name: 'go', version: '1.22.0', path: 'bin/go' }]);
  });

  test('a shell that tells no version stands for itself only where no other one tells it', async () => {
    const sh = says('echo "sh "');
    const bash = says('echo "GNU bash, version 5.2.15(1)-release"');
    expect(await detectIn({ 'bin/sh': sh }, 'shell')).toEqual([{ name: 'shell', path: 'bin/sh' }]);
    expect(await detectIn({ 'bin/sh': sh, 'bin/bash': bash }, 'shell')).toEqual([
      { name: 'shell', version: '5.2.15', path: 'bin/bash' },
    ]);
  });

  test.each([
    ['prints something else', 'echo no such thing', 'prints no version that we know'],
    ['prints bytes that are no text', String.raw`printf '\377\376\000'`, 'prints no version that we know'],
    ['prints nothing', 'exit 0', 'prints no version that we know'],
    ['fails', 'echo v20.1.0; exit 3', 'exits with 3'],
    ['is ended by a signal', 'echo v20.1.0; kill -9 $$', 'was ended by SIGKILL'],
    [
      'never stops to print',
      'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
      'printed more than 64 KiB',
    ],
    ['hangs', 'echo v20.1.0; /bin/sleep 60', 'did not answer within 2 s'],
    ['waits for input', 'read line && echo v20.1.0', 'exits with 1'],
  ])('an interpreter that %s is not offered, with the reason', async (_, script, reason) => {
    const root = folderWith({ 'bin/node': says(script) });
    const refused: Refused[] = [];
    const runtimes = await detectRuntimes({
      environment: { PATH: join(root, 'bin') },
      templates: runtimeTemplates.filter(({ name }) => name === 'node'),
      onRefused: (one) => refused.push(one),
    });
    expect(runtimes).toEqual([]);
    expect(refused).toEqual([{ runtime: 'node', path: join(root, 'bin/node'), reason }]);
  });

  test('a program that the kernel does not take is not offered', async () => {
    const files = { 'bin/node': { program: 'no program' }, 'bin/nodejs': { program: '#!/no/such/shell\n' } };
    expect(await detectIn(files, 'node')).toEqual([]);
  });

  test('nothing that a version command started is left, whether it hangs or answers', async () => {
    const root = folderWith({
      'bin/node': says('sleep 61 & echo $! > "$OUT/hangs"; wait'),
      'bin/ruby': says('sleep 62 & echo $! > "$OUT/answers"; echo ruby 3.1.2'),
    });
    const runtimes = await detectRuntimes({
      environment: { PATH: `${join(root, 'bin')}:/bin:/usr/bin`, OUT: root },
      templates: runtimeTemplates.filter(({ name }) => name === 'node' || name === 'ruby'),
    });
    expect(runtimes).toContainEqual({ name: 'ruby', version: '3.1.2', path: join(root, 'bin/ruby') });
    const started = ['hangs', 'answers'].map((name) => readFileSync(join(root, name), 'utf8').trim());
    await expect.poll(() => started.filter(isAlive)).toEqual([]);
  });

  test('version commands see the environment of the container, without our settings', async () => {
    const script = 'env > "$OUT/seen"; echo ruby 3.1.2';
    const root = folderWith({ 'bin/ruby': says(script) });
    await detectRuntimes({
      environment: { PATH: `${join(root, 'bin')}:/bin:/usr/bin`, OUT: root, ATTUNE__DATABASE__URL: 'secret' },
      templates: runtimeTemplates.filter(({ name }) => name === 'ruby'),
    });
    const seen = readFileSync(join(root, 'seen'), 'utf8');
    expect(seen).toContain(`OUT=${root}`);
    expect(seen).not.toContain('ATTUNE');
  });

  test("the agent's own file is no interpreter of the container", async () => {
    const root = folderWith({ agent: says('echo v24.0.0'), 'bin/node': { link: '../agent' } });
    const detection = { environment: { PATH: join(root, 'bin') }, templates: runtimeTemplates };
    const names = async (ignored: string[]) =>
      (await detectRuntimes({ ...detection, ignored })).map(({ name }) => name);
    expect(await names([])).toEqual(['node', ...alwaysThere]);
    expect(await names([join(root, 'agent')])).toEqual([...alwaysThere]);
  });
});

/** What this machine really has; the program that must be there, and the runtime that it means. */
const real = [
  ['bash', 'shell'],
  ['python3', 'python'],
  ['node', 'node'],
  ['ruby', 'ruby'],
  ['go', 'go'],
  ['java', 'java'],
  ['perl', 'perl'],
  ['Rscript', 'r'],
] as const;

for (const [program, runtime] of real) {
  test.skipIf(!requires(program))(`the ${runtime} of this machine is found with its version`, async () => {
    const templates = runtimeTemplates.filter(({ name }) => name === runtime);
    const [found] = await detectRuntimes({ environment: process.env, templates });
    expect(found?.name).toBe(runtime);
    expect(found?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });
}

/** Whether the process is there, and not merely waiting to be collected. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
