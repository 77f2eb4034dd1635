import { expect, test } from 'vitest';
import { createWatchers } from '../../../../src/server/events/watchers.ts';

const never = new AbortController().signal;
const long = 60;

/** Whether the promise is settled when everything that is ready has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const ready = new Promise((resolve) => {
    setImmediate(resolve, pending);
  });
  return (await Promise.race([promise, ready])) !== pending;
}

test('news wake those who wait for that thing, and nobody else', async () => {
  const watchers = createWatchers(0);
  const [one, other] = [watchers.watch(1), watchers.watch(2)];
  const stop = new AbortController();
  const [first, second] = [one.news(never, long), other.news(stop.signal, long)];

  watchers.tell(1);

  expect(await isSettled(first)).toBe(true);
  expect(await isSettled(second)).toBe(false);
  stop.abort();
  await second;
});

test('news between two waits are not lost, and are news once', async () => {
  const watchers = createWatchers(0);
  const watcher = watchers.watch(1);
  watchers.tell(1);
  watchers.tell(1);

  await watcher.news(never, long);

  const stop = new AbortController();
  const again = watcher.news(stop.signal, long);
  expect(await isSettled(again)).toBe(false);
  stop.abort();
  await again;
});

test('remembered news are news to who begins to watch afterwards', async () => {
  const watchers = createWatchers(2);
  [1, 2, 3].forEach((id) => watchers.tell(id));

  await watchers.watch(3).news(never, long);
  await watchers.watch(2).news(never, long);

  const stop = new AbortController();
  const forgotten = watchers.watch(1).news(stop.signal, long);
  expect(await isSettled(forgotten)).toBe(false);
  stop.abort();
  await forgotten;
});

test('news that say all there is to know are handed on, the last ones, unless they came before the watch', async () => {
  const watchers = createWatchers<string>(2);
  watchers.tell(1, 'before');
  const watcher = watchers.watch(1);
  expect(await watcher.news(never, long)).toBeUndefined();
  watchers.tell(1, 'first');
  watchers.tell(1, 'last');
  expect(await watcher.news(never, long)).toBe('last');
  const waiting = watcher.news(never, long);
  watchers.tellAll();
  expect(await waiting).toBeUndefined();
});

test('when news may have been missed, everybody looks', async () => {
  const watchers = createWatchers(0);
  const waits = [1, 2, 3].map((id) => watchers.watch(id).news(never, long));

  watchers.tellAll();

  expect(await isSettled(Promise.all(waits))).toBe(true);
});

test('a wait ends when its time is over, and at once where it was aborted before', async () => {
  const watchers = createWatchers(0);

  await expect(watchers.watch(1).news(never, 0.001)).resolves.toBeUndefined();
  await expect(watchers.watch(1).news(AbortSignal.abort(), long)).resolves.toBeUndefined();
});

test('who closes hears nothing more, and the others still do', async () => {
  const watchers = createWatchers(0);
  const [gone, here] = [watchers.watch(1), watchers.watch(1)];
  const wait = here.news(never, long);

  gone.close();
  watchers.tell(1);

  expect(await isSettled(wait)).toBe(true);
});
