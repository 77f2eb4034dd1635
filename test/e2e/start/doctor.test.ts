import { describe, expect, test } from 'vitest';
import { folderWith } from '../../support/folder.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';
import { parsed, start, startAlone } from '../../support/sealed/run.ts';

describe.skipIf(!requires('agent'))('attune-agent doctor', () => {
  test('prints a line for each check, uncoloured where nobody looks, and fails without a database', async () => {
    const environment = { PATH: '/usr/bin:/bin', HOME: '/tmp', ATTUNE_PACKS_BASE_DIR: folderWith({}) };
    const { end, stdout, stderr } = await start(agentFile, ['doctor'], { environment }).result;
    expect({ end, stderr }).toEqual({ end: 1, stderr: '' });
    expect(stdout).toMatch(/^ok +file +\/.*\/attune-agent, executable/);
    expect(stdout).toMatch(/^failure +database +no database is named\. Fix: set ATTUNE__DATABASE__URL/m);
    expect(stdout).toMatch(/^\d+ ok, \d+ warning, 1 failure\n$/m);
    expect(stdout).not.toContain('\u001B');
  });

  test('a wrong configuration is said as everywhere', async () => {
    const environment = { ATTUNE_WORKER_CONCURRENCY: 'none' };
    const { end, stderr } = await start(agentFile, ['doctor'], { environment }).result;
    expect(end).toBe(2);
    expect(stderr).toContain('ATTUNE_WORKER_CONCURRENCY must be a whole number');
  });

  test.skipIf(!requires('namespaces') || !requires('root'))(
    'explains a container with a read-only root, no home and a user without a name',
    async () => {
      const { end, stdout } = await startAlone(agentFile, ['doctor', '--json'], {
        uid: 65_532,
        readOnly: true,
        folders: { '/packs': folderWith({}) },
        environment: { ATTUNE_PACKS_BASE_DIR: '/packs' },
      }).result;
      expect(end).toBe(1);
      expect(parsed(stdout)).toMatchObject({
        worst: 'failure',
        findings: expect.arrayContaining([
          finding('file', 'ok', 'on a read-only mount'),
          finding('user', 'ok', '65532'),
          finding('home', 'warning', 'HOME is not set'),
          finding('temp', 'warning', "/tmp can't be written (/ is read-only)"),
          finding('spool', 'warning', 'die with the agent'),
          finding('runtimes', 'ok', 'native'),
        ]) as unknown,
      });
    },
  );
});

function finding(check: string, status: string, words: string): unknown {
  return expect.objectContaining({ check, status, message: expect.stringContaining(words) as unknown });
}
