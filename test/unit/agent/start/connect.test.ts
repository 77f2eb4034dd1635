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
    const waiting = connectPatiently(() => Promise.reject(away), options(0.01));
    await expect(waiting).rejects.toMatchObject({ code: 'connect_timeout' });
    await expect(waiting).rejects.toThrow(/away.*ATTUNE_AGENT_CONNECT_TIMEOUT/);
  });

  test('a stop ends the waiting', async () => {
    const stop = new AbortController();
    const waiting = connectPatiently(() => Promise.reject(away), options(60, stop.signal));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a stop ends a try that hangs', async () => {
    const stop = new AbortController();
    const waiting = connectPatiently(() => new Promise<void>(() => undefined), options(60, stop.signal));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('hands on what it got', async () => {
    expect(await connectPatiently(() => Promise.resolve('there'), options(60))).toBe('there');
  });
});
