import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import type { LogChunk, Outcome } from '../../../../src/contract/outcome.ts';
import { failedBeforeStart } from '../../../../src/agent/execute/result/failed-before-start.ts';
import { createDelivery, deliver } from '../../../../src/agent/spool/deliver.ts';
import { deliverLeftovers } from '../../../../src/agent/spool/deliver-leftovers.ts';
import { createSpool } from '../../../../src/agent/spool/spool.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';

const logger = pino({ level: 'silent' });
const folder = mkdtempSync(join(tmpdir(), 'attune-spool-'));
afterAll(() => rmSync(folder, { recursive: true }));

const outcome: Outcome = failedBeforeStart(new AttuneError('spawn_failed', 'no'));
const chunks: LogChunk[] = [
  { stream: 'stdout', sequence: 0, offset: 0, bytes: new Uint8Array([0, 255, 10]) },
];
const undelivered = (execution: number) => ({ attempt: { execution, epoch: 1 }, outcome, chunks });
const away = () => Promise.reject(new AttuneError('database_unreachable', 'away', { retryable: true }));

function freshFolder(): string {
  return mkdtempSync(join(folder, 'one-'));
}

describe('the spool', () => {
  test('gives back exactly what was kept, until it is forgotten', async () => {
    const spool = createSpool(join(freshFolder(), 'made', 'when', 'needed'), logger);
    await spool.keep(undelivered(1));
    expect(await spool.load()).toEqual([undelivered(1)]);
    await spool.forget({ execution: 1, epoch: 1 });
    expect(await spool.load()).toEqual([]);
  });

  test('sets aside what it cannot read, and reads the rest', async () => {
    const directory = freshFolder();
    const spool = createSpool(directory, logger);
    await spool.keep(undelivered(1));
    writeFileSync(join(directory, '2-1.json'), '{"attempt":');
    expect(await spool.load()).toEqual([undelivered(1)]);
    expect(readdirSync(directory).toSorted()).toEqual(['1-1.json', '2-1.json.unreadable']);
  });
});

describe('a spool that executions of another user could reach', () => {
  test('is made before there are any, and for us alone', async () => {
    const directory = join(freshFolder(), 'spool');
    expect(await createSpool(directory, logger, 65_532).load()).toEqual([]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('is not believed where it is of their making', async () => {
    const directory = freshFolder();
    await createSpool(directory, logger).keep(undelivered(1));
    expect(await createSpool(directory, logger, statSync(directory).uid).load()).toEqual([]);
    expect(readdirSync(directory)).toEqual(['1-1.json']);
  });
});

describe('deliver', () => {
  test('is on disk before it is tried again, and gone from there once delivered', async () => {
    const directory = freshFolder();
    let tries = 0;
    const delivery = createDelivery({
      directory,
      logger,
      link: {
        finish: () => {
          tries += 1;
          if (tries === 1) return away();
          expect(readdirSync(directory)).toEqual(['1-1.json']);
          return Promise.resolve('accepted' as const);
        },
      },
    });
    expect(await deliver(undelivered(1), delivery)).toBe('accepted');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('an end that the control plane can never take is replaced by a failure that says so', async () => {
    const stored: Outcome[] = [];
    const refuses = new AttuneError('database_error', 'no such encoding');
    const delivery = createDelivery({
      directory: freshFolder(),
      logger,
      link: {
        finish: (_attempt, end) => {
          stored.push(end);
          return stored.length === 1 ? Promise.reject(refuses) : Promise.resolve('accepted' as const);
        },
      },
    });
    expect(await deliver(undelivered(1), delivery)).toBe('accepted');
    expect(stored[1]?.state).toBe('failed');
    expect(stored[1]?.result.error).toEqual({
      code: 'result_refused',
      message: 'The control plane could not store the result: no such encoding',
    });
  });

  test.each(['wrong_credentials', 'unknown_database', 'tls_untrusted'])(
    'an end is no worse for %s: it waits on disk until somebody has mended that',
    async (code) => {
      const directory = freshFolder();
      const stored: Outcome[] = [];
      let tries = 0;
      const finish = (_attempt: unknown, end: Outcome) => {
        tries += 1;
        if (tries < 3) return Promise.reject(new AttuneError(code, 'refused'));
        expect(readdirSync(directory)).toEqual(['1-1.json']);
        stored.push(end);
        return Promise.resolve('accepted' as const);
      };
      const delivery = createDelivery({ directory, logger, link: { finish } });
      expect(await deliver(undelivered(1), delivery)).toBe('accepted');
      expect(stored).toEqual([outcome]);
    },
  );

  test('leaves it to the next agent, which delivers it first', async () => {
    const directory = freshFolder();
    const leaving = createDelivery({ directory, logger, link: { finish: away } });
    leaving.leave();
    expect(await deliver(undelivered(1), leaving)).toBe('spooled');
    const delivered: number[] = [];
    const next = createDelivery({
      directory,
      logger,
      link: {
        finish: ({ execution }) => {
          delivered.push(execution);
          return Promise.resolve('fenced' as const);
        },
      },
    });
    await deliverLeftovers(next);
    expect(delivered).toEqual([1]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('keeps what can never be delivered, and delivers the rest', async () => {
    const directory = freshFolder();
    const delivery = createDelivery({
      directory,
      logger,
      link: {
        finish: async ({ execution }) => {
          if (execution === 1) throw new AttuneError('database_error', 'no');
          return 'accepted';
        },
      },
    });
    await delivery.spool.keep(undelivered(1));
    await delivery.spool.keep(undelivered(2));
    await deliverLeftovers(delivery);
    expect(readdirSync(directory)).toEqual(['1-1.json']);
  });
});
