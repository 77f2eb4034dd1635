import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findBearers } from './hostile.ts';
import { PlayedAgent, startPlayedInit } from './init.ts';
import { operation } from './model/operation.ts';
import { play, type Stage } from './model/play.ts';
import { describeSupervisors, startSilentSupervisor } from './supervised.ts';
import { within } from './within.ts';

/** A hunt takes more: ATTUNE_TEST_HUNT times as many. */
const runs = 25 * Number(process.env['ATTUNE_TEST_HUNT'] ?? 1);
const patience = 600_000;
const operations = fc.array(operation, { maxLength: 30, size: 'max' });
describeSupervisors((supervisor) => {
  test('whatever the agent does, it hears exactly what its jobs did', { timeout: patience }, async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (done) => {
        const token = randomUUID();
        await using child = startSilentSupervisor(supervisor());
        await play({ next: () => Promise.resolve(child.agent) }, done, token);
        expect(await within(child.exited)).toEqual([0, null]);
        expect(findBearers(token)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  test(
    'whenever an agent dies, the next one hears exactly what the jobs did',
    { timeout: patience },
    async () => {
      await fc.assert(
        fc.asyncProperty(operations, async (done) => {
          const token = randomUUID();
          await using init = await startPlayedInit(supervisor(), 7);
          await play(stageOf(init), done, token);
          expect(await within(init.exited)).toEqual([7, null]);
          expect(findBearers(token)).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
  );
});

function stageOf(init: Awaited<ReturnType<typeof startPlayedInit>>): Stage {
  return {
    next: () => init.nextAgent(),
    kill: (agent) => {
      if (agent instanceof PlayedAgent) agent.die();
    },
  };
}
