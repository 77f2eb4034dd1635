import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Attempts } from '../../../../src/agent/execute/attempts.ts';
import type { EndCause } from '../../../../src/agent/host/process-host.ts';
import type { Assigned } from '../../../../src/agent/link/link.ts';
import { assignmentOf } from './command/assignment.ts';

const logger = pino({ level: 'silent' });

/** Attempts that run until told to end, and what they were told. */
function watched(done: (ended: Promise<void>) => Promise<void> = (ended) => ended) {
  const causes: EndCause[] = [];
  const settled: number[] = [];
  const attempts = new Attempts(({ assignment: { execution, epoch } }) => {
    const ended = Promise.withResolvers<void>();
    const end = (cause: EndCause) => {
      causes.push(cause);
      ended.resolve();
    };
    return { attempt: { execution, epoch }, end, kill: () => end('shutdown'), done: done(ended.promise) };
  }, logger);
  const assigned = (execution: number): Assigned => ({
    assignment: { ...assignmentOf({}), execution, epoch: 1 },
    settle: async () => void settled.push(execution),
  });
  return { attempts, causes, settled, begin: (execution: number) => attempts.begin(assigned(execution)) };
}

describe('Attempts', () => {
  test('ends only the attempt that is meant', async () => {
    const { attempts, causes, settled, begin } = watched();
    begin(1);
    begin(2);
    attempts.cancel(1);
    attempts.fence({ execution: 2, epoch: 7 });
    expect(causes).toEqual(['cancelled']);
    attempts.fence({ execution: 2, epoch: 1 });
    await attempts.idle();
    expect(causes).toEqual(['cancelled', 'fenced']);
    expect(settled).toEqual([1, 2]);
  });

  test('a cancellation that overtakes the claim ends the attempt when it comes', async () => {
    const { attempts, causes, begin } = watched();
    attempts.cancel(1);
    begin(1);
    await attempts.idle();
    expect(causes).toEqual(['cancelled']);
  });

  test('remembers only so many cancellations of others', () => {
    const { attempts, causes, begin } = watched();
    for (let execution = 1; execution <= 1000; execution += 1) attempts.cancel(execution);
    begin(1);
    expect(causes).toEqual([]);
    attempts.endAll('shutdown');
  });

  test('an attempt whose end can not be stored gives its slot back', async () => {
    const { attempts, settled, begin } = watched(async (ended) => {
      await ended;
      throw new Error('refused');
    });
    begin(1);
    attempts.endAll('shutdown');
    await attempts.idle();
    expect(settled).toEqual([1]);
    expect(attempts.list()).toEqual([]);
  });
});
