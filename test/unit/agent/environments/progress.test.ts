import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress } from '../../../../src/agent/environments/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function progress() {
  const lines: string[] = [];
  const told = createProgress({ name: 'python-3-abc', pack: 'demo' }, (bytes) => {
    lines.push(Buffer.from(bytes).toString());
  });
  return { ...told, lines };
}

const holder = { holder: 'worker-1', since: '2026-01-01T00:00:00.000Z' };

test('one who builds reads a heading, the output, and when it is ready', async () => {
  const { follow, lines, write } = progress();
  const built = Promise.withResolvers<string>();
  const followed = follow(built.promise);
  await write(Buffer.from('one\n'));
  await write(Buffer.from('two\n'));
  vi.advanceTimersByTime(3000);
  built.resolve('folder');
  expect(await followed).toBe('folder');
  expect(lines).toEqual([
    'attune: building the environment python-3-abc of the pack demo\n',
    'one\n',
    'two\n',
    'attune: the environment is ready after 3 s\n',
  ]);
});

test('one who waits hears who builds, and again now and then', () => {
  const { lines, onWait } = progress();
  for (let second = 0; second < 600; second += 0.2) {
    onWait(holder);
    vi.advanceTimersByTime(200);
  }
  expect(lines[0]).toBe(
    'attune: waiting for the environment python-3-abc of the pack demo: it is being built by worker-1, since 2026-01-01T00:00:00.000Z\n',
  );
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.length).toBeLessThan(10);
});

test('another builder is named at once', () => {
  const { lines, onWait } = progress();
  onWait(holder);
  onWait({ ...holder, holder: 'worker-2' });
  onWait(undefined);
  expect(lines.map((line) => line.split(' by ')[1]?.split(',')[0]?.trim())).toEqual([
    'worker-1',
    'worker-2',
    'another worker',
  ]);
});

test('one who finds it there reads nothing', async () => {
  const { follow, lines } = progress();
  await follow(Promise.resolve());
  expect(lines).toEqual([]);
});
