import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { connectPatiently } from '../../../../src/agent/start/connect.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';

const logger = pino({ level: 'silent' });
const away = new AttuneError('database_unreachable', 'away', { retryable: true });
const options = (timeout: number, signal = new AbortController().signal) => ({ timeout, logger, signal });

describe('connectPatiently', () => {
  test('tries until it works', async () => {
    let tries = 0;
    await connectPatiently(async () => {
      tries += 1;
      if (tries < 3) throw away;
    }, options(60));
    expect(tries).toBe(3);
  });

  test('fails at once when waiting cannot help', async () => {
    const wrong = new AttuneError('wrong_credentials', 'no');
    await expect(connectPatiently(() => Promise.reject(wrong), options(60))).rejects.toBe(wrong);
  });

  test('gives up after its time, with the reason and the setting', async () => {
    await expect(connectPatiently(() => Promise.reject(away), options(0.01))).rejects.toMatchObject({
      code: 'connect_timeout',
      message: expect.stringMatching(/away.*ATTUNE_AGENT_CONNECT_TIMEOUT/),
    });
  });

  test('a stop ends the waiting', async () => {
    const stop = new AbortController();
    const waiting = connectPatiently(() => Promise.reject(away), options(60, stop.signal));
    stop.abort();
    await expect(waiting).rejects.toThrow();
  });
});
