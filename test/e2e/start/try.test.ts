import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tryConformance } from '../../integration/agent/try/try-conformance.ts';
import { shellPack } from '../../support/packs.ts';
import { isRunning } from '../../support/processes.ts';
import { requires } from '../../support/requires.ts';
import { agentFile } from '../../support/sealed/agent.ts';
import { agentBelow } from '../../support/sealed/succession.ts';

describe.skipIf(!requires('agent'))('try of the sealed agent', () => {
  tryConformance([agentFile]);

  test('an agent that is killed ends what it ran, and nothing is run again', async () => {
    const pack = shellPack('echo $$ >> pids; sleep 3600\n');
    const child = spawn(agentFile, ['try', pack], { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = text(child.stderr);
    await expect.poll(() => pidsIn(pack)).toHaveLength(1);
    process.kill(agentBelow(child.pid ?? 0) ?? 0, 'SIGKILL');
    expect((await once(child, 'exit'))[0]).toBe(1);
    expect(await said).toContain(
      'The agent was killed while it worked, and what it ran is ended (agent_died)',
    );
    const pids = pidsIn(pack);
    expect(pids).toHaveLength(1);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});

/** Of every time that the action began. */
function pidsIn(pack: string): number[] {
  const file = join(pack, 'pids');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
}
