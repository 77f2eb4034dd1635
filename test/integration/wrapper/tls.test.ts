import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAuthority } from '../../support/certificates.ts';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { answering, body, infoOf } from './support/answers.ts';
import { availableTools, runWrapper } from './support/run-wrapper.ts';

const agent = readFileSync('/bin/echo');

async function secured() {
  const folder = folderWith({});
  mkdirSync(join(folder, 'authority'));
  const authority = createAuthority(join(folder, 'authority'));
  const answers = { info: [infoOf(agent)], binary: [body(agent)] };
  const { url, asked } = await answering(answers, authority.issue('IP:127.0.0.1'));
  const environment = { ATTUNE_AGENT_DIR: join(folder, 'agent'), ATTUNE_AGENT_URL: url };
  return { authority: authority.file, asked, environment };
}

describe.skipIf(!requires('openssl'))('a server with a certificate of a private authority', () => {
  const able = availableTools().filter((tool) => tool !== 'BusyBox wget' && tool !== 'perl');

  test.each(able)('is trusted by %s through ATTUNE_CA_BUNDLE', async (tool) => {
    const { authority, environment } = await secured();
    const trusting = { ...environment, ATTUNE_CA_BUNDLE: authority };
    expect(await runWrapper({ tool, environment: trusting, words: ['hello'] })).toMatchObject({
      status: 0,
      stdout: 'hello\n',
      stderr: '',
    });
  });

  test.each(able)('is asked nothing by %s without it', async (tool) => {
    const { environment, asked } = await secured();
    expect(await runWrapper({ tool, environment })).toMatchObject({ status: 1, stdout: '' });
    expect(asked).toEqual([]);
  });
});

test.skipIf(!requires('perl'))('Perl alone says that it knows no https', async () => {
  const environment = { ATTUNE_AGENT_DIR: folderWith({}), ATTUNE_AGENT_URL: 'https://127.0.0.1:1/binary' };
  const { status, stderr } = await runWrapper({ tool: 'perl', environment });
  expect(status).toBe(1);
  expect(stderr).toContain('perl alone can do no https: add curl');
});
