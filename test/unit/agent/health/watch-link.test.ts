import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Health } from '../../../../src/agent/health/health.ts';
import { watchLink } from '../../../../src/agent/health/watch-link.ts';
import type { Link } from '../../../../src/agent/link/link.ts';

const registration = {
  name: 'one',
  slots: 2,
  capabilities: { runtimes: [], labels: {}, architecture: 'x86_64', cpus: 1, memory_bytes: 1, gpus: [] },
  runtimes: [],
  agent: { version: '1', commit: 'dev', architecture: 'x64' },
};
const noted = { exit_code: 0, signal: null, succeeded: true, duration_ms: 1, data: null, error: null };
const stream = { bytes: 0, dropped: 0 };
const result = { ...noted, stdout: stream, stderr: stream, peak_memory_bytes: null, cpu_ms: null };
const attempt = { execution: 1, epoch: 1 };

/** A link to a control plane that takes everything. */
const willing: Link = {
  connect: () => Promise.resolve(),
  runtimes: () => Promise.resolve([]),
  onOfferOutdated: () => undefined,
  renew: () => Promise.resolve('ruby-and-lua'),
  register: () => Promise.resolve({ worker: 1, pool: 'ruby', kept: [] }),
  heartbeat: () => Promise.resolve({ status: 'online', cordoned: false, cancel: [], fenced: [] }),
  consume: () => Promise.resolve({ vacate: () => undefined, stop: () => Promise.resolve() }),
  onCancel: () => undefined,
  appendLogs: () => Promise.resolve('accepted'),
  finish: () => Promise.resolve('accepted'),
  environmentKeys: () => Promise.resolve({}),
  packs: () => Promise.resolve([]),
  openPack: () => Readable.from([]),
  unregister: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const broken = () => Promise.reject(new Error('it said no'));

function watched(differences: Partial<Link> = {}) {
  const health = new Health({ heartbeatMilliseconds: 1000, now: () => 0 });
  return { health, link: watchLink({ ...willing, ...differences }, health) };
}

test('a worker is ready from its first heartbeat until it stops consuming', async () => {
  const { health, link } = watched();
  await link.connect();
  await link.register(registration);
  const consumption = await link.consume({ slots: 2, occupied: 0 }, () => undefined);
  expect(health.report().ready).toBe(false);
  await link.heartbeat([]);
  expect(health.report()).toEqual({
    ready: true,
    reason: 'worker one of pool ruby, 0 of 2 slots taken, heard 0 s ago',
  });
  await consumption.stop();
  expect(health.report().ready).toBe(false);
});

test('a worker that offers something else is ready in its new pool', async () => {
  const { health, link } = watched();
  await link.register(registration);
  await link.consume({ slots: 2, occupied: 0 }, () => undefined);
  await link.heartbeat([]);
  await link.renew(registration, () => undefined);
  expect(health.report().ready).toBe(true);
  expect(health.report().reason).toContain('pool ruby-and-lua');
});

test('what fails is told, and fails all the same', async () => {
  const { health, link } = watched({ connect: broken, heartbeat: broken });
  await expect(link.connect()).rejects.toThrow('it said no');
  expect(health.report().reason).toContain('it said no');
  await expect(link.heartbeat([])).rejects.toThrow('it said no');
  expect(health.heartbeats.failed).toBe(1);
});

test('only ends that were stored are counted', async () => {
  const { health, link } = watched();
  await link.finish(attempt, { state: 'timeout', result }, []);
  expect([...health.finished]).toEqual([['timeout', 1]]);
  const { health: other, link: refused } = watched({ finish: () => Promise.resolve('fenced') });
  await refused.finish(attempt, { state: 'timeout', result }, []);
  expect([...other.finished]).toEqual([]);
});
