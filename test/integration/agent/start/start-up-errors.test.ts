import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spawnAgent } from '../../../support/agent.ts';
import { folderWith } from '../../../support/folder.ts';
import { freshDatabase } from '../../../support/postgres.ts';
import { requires } from '../../../support/requires.ts';

const nowhere = 'postgres://me:hunter2@127.0.0.1:1/none';
const impatient = {
  PATH: '',
  ATTUNE_WORKER_RUNTIMES: 'native',
  ATTUNE__DATABASE__URL: nowhere,
  ATTUNE_AGENT_CONNECT_TIMEOUT: '10ms',
};

describe('an agent that can not start says what is in the way', () => {
  test.each([
    [
      'a host that nobody knows',
      { ATTUNE__DATABASE__URL: 'postgres://me:hunter2@nowhere.invalid/x' },
      1,
      'ENOTFOUND|EAI_AGAIN',
    ],
    [
      'a port where nothing listens',
      {},
      1,
      'nothing listens there: start it, or correct host and port of database.url',
    ],
    ['no database', { ATTUNE__DATABASE__URL: '' }, 2, 'set ATTUNE__DATABASE__URL'],
    [
      'authorities that are not there',
      { ATTUNE_CA_BUNDLE: '/nonexistent/ca.pem' },
      2,
      'ATTUNE_CA_BUNDLE names a file',
    ],
    ['a user of executions that is not there', { ATTUNE_JOB_USER: 'nobody-at-all' }, 2, 'ATTUNE_JOB_USER'],
  ])('%s', async (_, settings, code, words) => {
    const agent = spawnAgent({ ...impatient, ...settings });
    expect(await agent.exited).toBe(code);
    expect(agent.lines.at(-1)).toMatch(new RegExp(words));
    expect(agent.lines.at(-1)).toContain('attune-agent doctor');
    expect(agent.lines.join('\n')).not.toContain('hunter2');
  });

  test.skipIf(!requires('postgres'))('a database without TLS where it is asked for', async () => {
    const database = await freshDatabase();
    try {
      const agent = spawnAgent({
        ...impatient,
        ATTUNE__DATABASE__URL: `${database.url}?sslmode=verify-full`,
      });
      expect(await agent.exited).toBe(1);
      expect(agent.lines.at(-1)).toContain('PostgreSQL does not speak TLS there');
    } finally {
      await database.drop();
    }
  });

  test('a temporary folder that is a file does not keep it from starting', async () => {
    const file = join(folderWith({ file: '' }), 'file');
    const agent = spawnAgent({ ...impatient, ATTUNE_WORKER_TMP_DIR: file });
    await agent.exited;
    expect(agent.lines.at(-1)).toContain('"connect_timeout"');
  });
});
