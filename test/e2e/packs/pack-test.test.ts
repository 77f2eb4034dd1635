import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shellPack } from '../../support/packs.ts';
import { requires } from '../../support/requires.ts';
import { runAgentCommand } from '../../support/try.ts';

const attune = [process.execPath, join(import.meta.dirname, '../../../dist/attune.mjs')] as const;

describe.skipIf(!requires('agent'))('attune pack test, as it is built', () => {
  test('finds the sealed agent beside itself, and runs the tests by it', async () => {
    const pack = shellPack('cat\n', 'output_format: json\nparameters: {n: {type: integer, default: 1}}\n', {
      'tests/act.yaml':
        '- {name: good, action: act, expect: {data: {n: 1}}}\n- {name: bad, action: act, expect: {data: {n: 2}}}\n',
    });
    const { status, stdout, stderr } = await runAgentCommand(attune, ['pack', 'test', pack]);
    expect(stdout).toMatch(
      /^✔ good .*\n✘ bad .*\n {4}data\.n {2}expected 2\n {12}but was {2}1\n\n1 passed, 1 failed\n$/,
    );
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });
});
