import { expect, test } from 'vitest';
import { failedBeforeStart } from '../../../../../src/agent/execute/result/failed-before-start.ts';
import { createLocalLink } from '../../../../../src/agent/link/local/local-link.ts';
import type { LogChunk } from '../../../../../src/contract/outcome.ts';
import { AttuneError } from '../../../../../src/shared/errors.ts';

const outcome = failedBeforeStart(new AttuneError('reason', 'why'));

function chunk(text: string, sequence: number): LogChunk {
  return { stream: 'stdout', sequence, offset: 0, bytes: Buffer.from(text) };
}

test('log and end of each attempt reach those who follow it', async () => {
  const link = createLocalLink();
  const heard: Record<number, string[]> = { 1: [], 2: [] };
  const ends = [1, 2].map((execution) =>
    link.follow({ execution, epoch: 1 }, (chunks) => {
      heard[execution]?.push(...chunks.map(({ bytes }) => Buffer.from(bytes).toString()));
    }),
  );

  await link.appendLogs({ execution: 2, epoch: 1 }, [chunk('two', 0)]);
  await link.appendLogs({ execution: 1, epoch: 1 }, [chunk('one', 0)]);
  for (const execution of [1, 2]) await link.finish({ execution, epoch: 1 }, outcome, [chunk('last', 1)]);

  expect(await Promise.all(ends)).toEqual([outcome, outcome]);
  expect(heard).toEqual({ 1: ['one', 'last'], 2: ['two', 'last'] });
});

test('an end is told after the last piece of the log was heard', async () => {
  const link = createLocalLink();
  const order: string[] = [];
  const end = link.follow({ execution: 1, epoch: 1 }, async () => {
    await Promise.resolve();
    order.push('heard');
  });
  await link.finish({ execution: 1, epoch: 1 }, outcome, [chunk('last', 0)]);
  await end;
  order.push('end');
  expect(order).toEqual(['heard', 'end']);
});

test('what nobody follows is refused', async () => {
  const link = createLocalLink();
  await expect(link.finish({ execution: 1, epoch: 1 }, outcome, [])).rejects.toThrow(
    'Nobody follows execution 1',
  );
});
