import { describe, expect, test } from 'vitest';

import { requires } from '../../support/requires.ts';
import { agentFile, startSealedAgent } from '../../support/sealed/agent.ts';
import { registerNativePack } from '../../support/sealed/native-pack.ts';
import { startSystem } from '../../support/system.ts';

const user = process.getuid?.() === 0 ? { uid: 65_532 } : {};
const password = 'hunter2-of-the-database';

describe.skipIf(!requires('agent') || !requires('postgres'))('an action of the same user', () => {
  test('can read no secret of the agent or of its init', async () => {
    const system = await startSystem('postgresql');
    await registerNativePack(system);
    const url = new URL(system.databaseUrl);
    url.searchParams.set('application_name', password);
    await startSealedAgent(system, {
      ...user,
      environment: {
        ATTUNE__DATABASE__URL: url.href,
        ATTUNE__SECURITY__ENCRYPTION_KEY: `${password} and long enough`,
        ATTUNE_AGENT_INIT: '1',
      },
    });
    const { id } = await system.execute('native.tell', { look: true });
    const { result } = await system.reaches(id);
    const closed = {
      cmdline: `${agentFile} `,
      environ: 'EACCES',
      mem: 'EACCES',
      maps: 'EACCES',
      auxv: 'EACCES',
      fd: 'EACCES',
    };
    expect(result?.data).toMatchObject({ elders: [closed, closed] });
    expect(JSON.stringify(result)).not.toContain(password);
  });
});
