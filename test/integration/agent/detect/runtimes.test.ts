import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectRuntimes, type Refused } from '../../../../src/agent/detect/runtimes.ts';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';
import type { DetectedRuntime } from '../../../../src/contract/capability.ts';
import { runtimeDefinition, type RuntimeDefinition } from '../../../../src/contract/runtime.ts';
import { folderWith, type Content } from '../../../support/folder.ts';
import { requires } from '../../../support/requires.ts';

/** A program that answers each question about its version in the same way. */
function says(script: string): Content {
  return { program: `#!/bin/sh\n${script}\n` };
}

/** What needs nothing of a container. */
const alwaysThere = ['native', 'javascript', 'wasm'];

/** The definition of a runtime that nobody else knows. */
function templateOf(name: string, command: object = {}): RuntimeDefinition {
  const commands = [{ binary: name, args: ['--version'], ...command }];
  return runtimeDefinition.parse({
    ref: `acme.${name}`,
    name,
    distributions: { verification: { commands } },
  });
}

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

  test('an interpreter that takes commands from its input alone is asked there', async () => {
    const script = 'read command; test "$command" = "puts \\"Tcl [info patchlevel]\\"" && echo Tcl 8.6.13';
    expect(await detectIn({ 'bin/tclsh': says(script) }, 'tcl')).toEqual([
      { name: 'tcl', version: '8.6.13', path: 'bin/tclsh' },
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
    ['wants a terminal', '[ -t 0 ] || exit 4; echo v20.1.0', 'exits with 4'],
    ['asks the terminal', '(read line </dev/tty) 2>/dev/null || exit 5; echo v20.1.0', 'exits with 5'],
    ['prints gigabytes of nothing', 'exec /bin/cat /dev/zero >&2', 'printed more than 64 KiB'],
    [
      'can not be asked to stop',
      "trap '' TERM INT HUP; while :; do /bin/sleep 9; done",
      'did not answer within 2 s',
    ],
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

  test('links to nowhere, links in a circle and folders are no interpreters', async () => {
    const files = {
      'bin/node': { link: 'nowhere' },
      'bin/nodejs': { link: 'nodejs' },
      'bin/ruby/inside': 'a folder',
      'bin/perl': 'nobody may run this',
    };
    expect(await detectIn(files, 'node', 'ruby', 'perl')).toEqual([]);
  });

  test('a file of a version that never ends, or never begins, holds nobody up', async () => {
    const endless = { 'go/VERSION': { link: '/dev/zero' }, 'go/bin/go': says('echo go version go1.22.1') };
    expect(await detectIn({ ...endless, 'bin/go': { link: '../go/bin/go' } }, 'go')).toEqual([
      { name: 'go', version: '1.22.1', path: 'bin/go' },
    ]);
    const root = folderWith({ 'go/bin/go': says('echo go version go1.22.2') });
    execFileSync('mkfifo', [join(root, 'go/VERSION')]);
    const [found] = await detectRuntimes({
      environment: { PATH: join(root, 'go/bin') },
      templates: runtimeTemplates.filter(({ name }) => name === 'go'),
    });
    expect(found?.version).toBe('1.22.2');
  });

  test('a pattern that takes for ever on what is printed is given up', async () => {
    const root = folderWith({ 'bin/sole': says(`printf '%s!' ${'a'.repeat(60)}`) });
    const sole = templateOf('sole', { pattern: '^(a+)+$' });
    const refused: Refused[] = [];
    const runtimes = await detectRuntimes({
      environment: { PATH: join(root, 'bin') },
      templates: [sole],
      onRefused: (one) => refused.push(one),
    });
    expect(runtimes).toEqual([]);
    expect(refused.map(({ reason }) => reason)).toEqual(['prints what its pattern is not done with in time']);
  });

  test('many interpreters that all hang are waited for at once', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `sole${index}x`);
    const hangs = says('echo > "$OUT/${0##*/}"; exec /bin/sleep 60');
    const root = folderWith({
      ...Object.fromEntries(names.map((name) => [`bin/${name}`, hangs])),
      'bin/fine': says('echo 1.2.3'),
      'started/.keep': '',
    });
    let startedWhenTheFirstWasGivenUp: number | undefined;
    const refused: string[] = [];
    const runtimes = await detectRuntimes({
      environment: { PATH: `${join(root, 'bin')}:/bin:/usr/bin`, OUT: join(root, 'started') },
      templates: [...names, 'fine'].map((name) => templateOf(name)),
      onRefused: ({ runtime, reason }) => {
        startedWhenTheFirstWasGivenUp ??= readdirSync(join(root, 'started')).length - 1;
        refused.push(`${runtime} ${reason}`);
      },
    });
    expect(runtimes).toMatchObject([{ name: 'fine', version: '1.2.3' }]);
    expect(refused.toSorted()).toEqual(names.map((name) => `${name} did not answer within 2 s`).toSorted());
    expect(startedWhenTheFirstWasGivenUp).toBe(names.length);
  });

  test.skipIf(!requires('root'))('version commands run as the user that is asked for', async () => {
    const root = folderWith({ 'bin/sole': says('echo "1.$(id -u).$(id -g)"') });
    for (const folder of [root, join(root, 'bin')]) chmodSync(folder, 0o755);
    const [found] = await detectRuntimes({
      environment: { PATH: `${join(root, 'bin')}:/bin:/usr/bin` },
      templates: [templateOf('sole')],
      user: { uid: 65_534, gid: 65_533 },
    });
    expect(found?.version).toBe('1.65534.65533');
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
