import { pino } from 'pino';
import { expect, test } from 'vitest';
import { aborted, createStopLadder } from '../../../../src/agent/stop/ladder.ts';

test('each signal climbs one rung; more than three change nothing', async () => {
  const ladder = createStopLadder(pino({ level: 'silent' }));
  const rungs = () => [ladder.drain, ladder.cancel, ladder.exit].map((signal) => signal.aborted);
  expect(rungs()).toEqual([false, false, false]);
  ladder.climb('SIGTERM');
  expect(rungs()).toEqual([true, false, false]);
  await aborted(ladder.drain);
  ladder.climb('SIGTERM');
  expect(rungs()).toEqual([true, true, false]);
  ladder.climb('SIGINT');
  ladder.climb('SIGINT');
  expect(rungs()).toEqual([true, true, true]);
});
