import { expect, test } from 'vitest';
import { createBell } from '../../../../src/agent/offer/bell.ts';

const never = new AbortController().signal;

test('a bell that rang while nobody listened is heard, once', async () => {
  const bell = createBell();
  bell.ring();
  bell.ring();
  await bell.rung(never);
  let again = false;
  const next = bell.rung(never).then(() => (again = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(again).toBe(false);
  bell.ring();
  await next;
});

test('nobody is kept waiting by a bell that nobody rings', async () => {
  const over = new AbortController();
  const rung = createBell().rung(over.signal);
  over.abort();
  await expect(rung).resolves.toBeUndefined();
  await expect(createBell().rung(over.signal)).resolves.toBeUndefined();
});
