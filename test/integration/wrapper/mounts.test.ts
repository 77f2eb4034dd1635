import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { answering, body, infoOf } from './support/answers.ts';
import { runWrapper } from './support/run-wrapper.ts';

const agent = readFileSync('/bin/echo');
const mine = `attune-agent-${process.getuid?.()}`;

function mount(path: string, options: string): string {
  return `mount --bind '${path}' '${path}' && mount -o remount,bind,${options} '${path}' && `;
}

/** Folders for the agent and for what is temporary, and a shell that sees them mounted with these options. */
function places(mounts: { readonly agent: string; readonly temporary?: string }) {
  const folder = folderWith({});
  const paths = { agent: join(folder, 'agent'), temporary: join(folder, 'temporary') };
  for (const path of Object.values(paths)) mkdirSync(path);
  const script =
    mount(paths.agent, mounts.agent) +
    (mounts.temporary === undefined ? '' : mount(paths.temporary, mounts.temporary)) +
    `exec /bin/sh "$@"`;
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return {
    ...paths,
    shell: ['unshare', ...asRoot, '--mount', '/bin/sh', '-c', script, 'sh'],
    environment: { ATTUNE_AGENT_DIR: paths.agent, TMPDIR: paths.temporary },
  };
}

describe.skipIf(!requires('namespaces'))('mounts that programs cannot be run from', () => {
  test.each([
    ['ro', 'Read-only file system'],
    ['noexec', 'nothing can be run from it \\(noexec\\)'],
  ])('the download goes elsewhere when it is %s, and is said to', async (options, reason) => {
    const { url } = await answering({ info: [infoOf(agent)], binary: [body(agent)] });
    const { shell, agent: directory, temporary, environment } = places({ agent: options });
    const { status, stdout, stderr } = await runWrapper({
      shell,
      tool: 'node',
      environment: { ...environment, ATTUNE_AGENT_URL: url },
      words: ['hello'],
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello\n' });
    expect(stderr).toMatch(new RegExp(`${directory} is no place for the agent: ${reason}`));
    expect(stderr).toContain(`using ${temporary}/${mine} instead`);
    expect(readdirSync(join(temporary, mine)).toSorted()).toEqual(['attune-agent', 'attune-agent.sha256']);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a mounted agent that cannot be run there is copied, and nobody is asked', async () => {
    const { shell, agent: directory, temporary, environment } = places({ agent: 'ro,noexec' });
    writeFileSync(join(directory, 'attune-agent'), agent, { mode: 0o755 });
    const { status, stdout, stderr } = await runWrapper({
      shell,
      environment: { ...environment, ATTUNE_AGENT_TOKEN: '' },
      words: ['hello'],
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello\n' });
    expect(stderr).toContain(`using ${temporary}/${mine} instead`);
  });
});

test('a mounted file that is no program is said to be none', async () => {
  const directory = folderWith({ 'attune-agent': { program: '#!/bin/sh\necho never\n' } });
  const { status, stdout, stderr } = await runWrapper({ environment: { ATTUNE_AGENT_DIR: directory } });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('attune-agent is no program that this');
});

test.skipIf(!requires('root'))('a folder in /tmp that others can write to is not used', async () => {
  const { url } = await answering({ info: [infoOf(agent)], binary: [body(agent)] });
  const temporary = folderWith({});
  mkdirSync(join(temporary, mine));
  chmodSync(join(temporary, mine), 0o777);
  const { stderr } = await runWrapper({
    tool: 'node',
    environment: { ATTUNE_AGENT_DIR: '/proc/nothing', TMPDIR: temporary, ATTUNE_AGENT_URL: url },
    words: ['hello'],
  });
  expect(stderr).toContain(`${temporary}/${mine} is no place for the agent: it belongs to others`);
  expect(readdirSync(join(temporary, mine))).toEqual([]);
});
