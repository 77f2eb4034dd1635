import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { runPhases } from '../../../src/shared/shutdown.ts';

const logger = pino({ level: 'silent' });

describe('runPhases', () => {
  test('runs in order; a phase that hangs or fails does not keep the next from running', async () => {
    const order: string[] = [];
    const failed = await runPhases(
      [
        { name: 'hangs', seconds: 0.01, run: () => new Promise(() => order.push('hangs')) },
        { name: 'fails', seconds: 1, run: () => Promise.reject(new Error('no')) },
        { name: 'works', seconds: 1, run: async () => order.push('works') },
      ],
      logger,
    );
    expect(order).toEqual(['hangs', 'works']);
    expect(failed).toEqual(['hangs', 'fails']);
  });
});
