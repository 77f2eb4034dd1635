import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { spawnLeader } from '../../../../src/agent/host/node/spawn.ts';
import { hostile } from './hostile.ts';

/** No directory takes files: a read-only container. */
const nowhere = { open: () => undefined };

test.for([
  ['arrives', ['/bin/sh', '-c', 'wc -c'], '5000000'],
  ['may be closed early', [hostile('closes-stdin.sh')], 'closed'],
] as const)('stdin without room for a file %s', async ([, argv, output]) => {
  const child = await spawnLeader(
    {
      argv: [...argv],
      environment: { PATH: '/usr/bin:/bin' },
      workingDirectory: '/',
      stdin: Buffer.alloc(5_000_000, 'x'),
      timeoutMilliseconds: 10_000,
      graceMilliseconds: 100,
    },
    'mark',
    nowhere,
  );
  const [ending, stdout] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  expect([ending, stdout.trim()]).toEqual([[0, null], output]);
});
