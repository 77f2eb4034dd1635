import { describe, expect, test } from 'vitest';
import { requires } from '../../support/requires.ts';
import { startAgentAlone } from '../../support/sealed/agent.ts';
import { startSystem } from '../../support/system.ts';

const nowhere = { ATTUNE_PACKS_BASE_DIR: '/none' };

describe.skipIf(!requires('agent') || !requires('postgres') || !requires('namespaces'))(
  'the sealed agent, in an image without anything, and no folder of packs',
  () => {
    test('fetches what it runs, and runs what was requested', async () => {
      const system = await startSystem('postgresql');
      const register = (text: string) =>
        system.register(
          {
            'say.yaml': 'ref: test.say\nentry_point: say.mjs\nrunner_type: javascript\n',
            'say.mjs': `import { text } from '../lib/text.mjs';\nconsole.log(text, ${JSON.stringify(text)});\n`,
          },
          { 'lib/text.mjs': `export const text = '${text}';\n` },
        );
      await register('one');
      const first = await system.execute('test.say');
      await register('two');
      const second = await system.execute('test.say');
      await startAgentAlone(system, {
        environment: { ...nowhere, ATTUNE_WORKER_RUNTIMES: 'javascript' },
      });
      const said = async (id: number) => {
        expect(await system.reaches(id)).toMatchObject({ state: 'completed', result: { error: null } });
        return system.log(id, 'stdout');
      };
      expect(await said(second.id)).toBe('two two\n');
      expect(await said(first.id)).toBe('one one\n');
    });
  },
);
