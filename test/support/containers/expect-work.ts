import { expect } from 'vitest';

import type { Client } from '../../../src/cli/api/client.ts';
import { runAction } from './run-action.ts';

/** Runs one action of each runtime, whose parameters, log and result must all come through. */
export async function expectWork(client: Client, runtimes: readonly string[]): Promise<void> {
  for (const runtime of runtimes) {
    const native = runtime === 'native';
    const action = native ? 'native.tell' : `greetings.${runtime}`;
    const { state, log, data } = await runAction(client, action, native ? { orphans: 2 } : { name: 'Ada' });
    expect({ runtime, state, log, data }).toEqual({
      runtime,
      state: 'completed',
      log: expect.stringContaining(native ? 'asked by' : 'greeting Ada\n') as unknown,
      data: native
        ? (expect.objectContaining({ parameters: { orphans: 2 } }) as unknown)
        : { greeting: 'Hello, Ada' },
    });
  }
}
