import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { AttuneError } from '../../../src/shared/errors.ts';
import { untilAvailable } from '../../../src/shared/until-available.ts';

const logger = pino({ level: 'silent' });
const away = new AttuneError('database_unreachable', 'away', { retryable: true });
const patience = { name: 'PostgreSQL', seconds: 60, setting: 'ATTUNE_PATIENCE', logger };

describe('untilAvailable', () => {
  test('tries until it works, and hands on what it got', async () => {
    let tries = 0;
    const value = await untilAvailable(async () => {
      tries += 1;
      if (tries < 3) throw away;
      return 'there';
    }, patience);
    expect([value, tries]).toEqual(['there', 3]);
  });

  test('fails at once when waiting cannot help', async () => {
    const wrong = new AttuneError('wrong_credentials', 'no');
    await expect(untilAvailable(() => Promise.reject(wrong), patience)).rejects.toBe(wrong);
  });

  test('gives up after its time, with what it waited for, the reason and the setting', async () => {
    const waiting = untilAvailable(() => Promise.reject(away), { ...patience, seconds: 0.01 });
    await expect(waiting).rejects.toMatchObject({ code: 'connect_timeout' });
    await expect(waiting).rejects.toThrow(/PostgreSQL: away.*ATTUNE_PATIENCE/);
  });

  test.each([
    ['the waiting', () => Promise.reject(away)],
    ['a try that hangs', () => new Promise<void>(() => undefined)],
  ])('a stop ends %s', async (_, attempt) => {
    const stop = new AbortController();
    const waiting = untilAvailable(attempt, { ...patience, signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
