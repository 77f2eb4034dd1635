import type { Writable } from 'node:stream';
import type { TestEvent, TestName } from '../../contract/pack-test.ts';
import { openTests, type ReadTest } from '../../packs/pack-tests.ts';
import { AttuneError } from '../../shared/errors.ts';
import { agentSettings } from '../settings.ts';
import { readArguments } from '../start/arguments.ts';
import { openPack } from '../../packs/open-pack.ts';
import { runTest } from '../try/run-test.ts';
import { withEngine, type LocalSurroundings } from '../try/with-engine.ts';

/**
 * `test PACK`: runs the tests of a pack's folder here, one after the other, and writes a line of JSON (`testEvent`) for everything that
 * happens. `attune pack test` makes it readable.
 * @returns 1 where a test failed, or was called off
 * @throws AttuneError `invalid_arguments`, `invalid_configuration`, `invalid_pack`
 */
export async function testCommand(
  argv: readonly string[],
  surroundings: LocalSurroundings & { readonly output: Writable },
): Promise<number> {
  const { words, own, ...sources } = readArguments(argv, agentSettings, shape);
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0)
    throw new AttuneError('invalid_arguments', 'test needs one pack, like: attune-agent test ./packs/core');
  const pack = await openPack(folder);
  const tests = await openTests(pack, own['only']);
  const { output } = surroundings;
  const say = (event: TestEvent): void => void output.write(`${JSON.stringify(event)}\n`);
  return withEngine(pack, { ...surroundings, ...sources }, async (engine) => {
    output.once('error', () => engine.stop());
    let status = 0;
    for (const test of tests) {
      if (engine.stopped) return 1;
      say({ event: 'begin', test: nameOf(test) });
      const report = await runTest(test, pack, engine);
      say({ event: 'end', test: report });
      if (report.verdict === 'failed') status = 1;
    }
    return status;
  });
}

const shape = { words: true, options: ['only'] };

function nameOf({ name, definition, place }: ReadTest): TestName {
  return { name, action: definition.ref, place };
}
