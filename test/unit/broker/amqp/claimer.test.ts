import { expect, test } from 'vitest';
import { createClaimer } from '../../../../src/broker/amqp/claimer.ts';
import type { Claims } from '../../../../src/broker/road.ts';
import type { Notice } from '../../../../src/contract/notice.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';
import { createLogger } from '../../../../src/shared/logger.ts';

const logger = createLogger('silent');
const away = new AttuneError('database_unreachable', 'away', { retryable: true });
const notices = [1, 2, 3, 4].map((execution) => ({ execution, epoch: 1 }));

test('hints that come while a claim is under way are claimed together', async () => {
  const batches: number[] = [];
  const claim = claimer((batch) => {
    batches.push(batch.length);
    return Promise.resolve([...batch]);
  });
  const answers = await Promise.all(notices.map(claim));
  expect(batches).toEqual([1, 3]);
  expect(answers).toEqual(notices.map((claimed) => ({ kind: 'claimed', claimed })));
});

test('a refusal is told to the one whose hint it was', async () => {
  const claim = claimer((batch) =>
    Promise.resolve(batch.map((notice) => (notice.execution === 3 ? undefined : notice))),
  );
  const answers = await Promise.all(notices.map(claim));
  expect(answers.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'refused', 'claimed']);
});

test('a claim that fails for a while is made again', async () => {
  let failures = 2;
  const claim = claimer((batch) => {
    failures -= 1;
    return failures < 0 ? Promise.resolve([...batch]) : Promise.reject(away);
  });
  const answers = await Promise.all(notices.map(claim));
  expect(answers.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'claimed', 'claimed']);
});

test('an error without a code counts as passing', async () => {
  let failures = 1;
  const claim = claimer((batch) => {
    failures -= 1;
    return failures < 0 ? Promise.resolve([...batch]) : Promise.reject(new Error('who knows'));
  });
  await expect(claim({ execution: 1, epoch: 1 })).resolves.toMatchObject({ kind: 'claimed' });
});

test('a hint that no claim can bear does not harm the others', async () => {
  const claim = claimer((batch) =>
    batch.some(({ execution }) => execution === 2)
      ? Promise.reject(new AttuneError('database_error', 'never'))
      : Promise.resolve([...batch]),
  );
  const answers = await Promise.all(notices.map(claim));
  expect(answers.map(({ kind }) => kind)).toEqual(['claimed', 'unusable', 'claimed', 'claimed']);
});

test('stopping ends the tries and claims nothing more', async () => {
  const stop = new AbortController();
  let claims = 0;
  const claim = claimer(() => {
    claims += 1;
    return Promise.reject(away);
  }, stop.signal);
  const answers = Promise.all(notices.map(claim));
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  const kinds = (await answers).map(({ kind }) => kind);
  expect(kinds).toEqual(['unclaimed', 'unclaimed', 'unclaimed', 'unclaimed']);
  expect(claims).toBe(1);
});

function claimer(claim: Claims<Notice>['claim'], signal = new AbortController().signal) {
  return createClaimer<Notice>({
    claims: { claim, claimNext: () => Promise.resolve({ claimed: [], more: false }) },
    signal,
    logger,
  });
}
