import { describe, expect, test, vi } from 'vitest';
import { untilAvailable } from '../../../src/server/until-available.ts';
import { AttuneError } from '../../../src/shared/errors.ts';
import { createLogger } from '../../../src/shared/logger.ts';

const logger = createLogger('silent');
const away = new AttuneError('database_unreachable', 'away', { retryable: true });
const refused = new AttuneError('wrong_credentials', 'refused');

describe('waiting for what is not there yet', () => {
  test('goes on when it is there', async () => {
    const attempt = vi.fn<() => Promise<string>>().mockRejectedValueOnce(away).mockResolvedValue('here');

    expect(await untilAvailable(attempt, { name: 'it', seconds: 60, logger })).toBe('here');
    expect(attempt).toHaveBeenCalledTimes(2);
  });

  test('ends with the last error when the time is over', async () => {
    await expect(
      untilAvailable(() => Promise.reject(away), { name: 'it', seconds: 0.01, logger }),
    ).rejects.toBe(away);
  });

  test('does not wait for what waiting does not mend', async () => {
    const attempt = vi.fn<() => Promise<never>>(() => Promise.reject(refused));

    await expect(untilAvailable(attempt, { name: 'it', seconds: 60, logger })).rejects.toBe(refused);
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});
