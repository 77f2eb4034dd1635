import { expect, onTestFinished, test, vi } from 'vitest';
import { createBell } from '../../../../src/agent/offer/bell.ts';
import { keepOffer } from '../../../../src/agent/offer/keep-offer.ts';
import type { Offer, Offers } from '../../../../src/agent/offer/offers.ts';
import { runtimeDefinition } from '../../../../src/contract/runtime.ts';
import type { KnownRuntime, WorkerRegistration } from '../../../../src/contract/worker.ts';
import { createLogger } from '../../../../src/shared/logger.ts';

function offering(names: readonly string[], pool?: string): WorkerRegistration {
  return {
    name: 'one',
    slots: 1,
    pool,
    capabilities: {
      runtimes: names.map((name) => ({ name })),
      labels: {},
      architecture: 'x86_64',
      cpus: 1,
      memory_bytes: 1,
      gpus: [],
    },
    runtimes: names.map((name) => ({ name, detected: [] })),
    agent: { version: '1', commit: 'c', architecture: 'x64' },
  };
}

const known = (names: readonly string[]): KnownRuntime[] =>
  names.map((name) => ({
    definition: runtimeDefinition.parse({ ref: `x.${name}`, name }),
    autoDetected: false,
  }));

/** A worker that has offered the shell; what it has to offer is what the control plane knows. */
function worker({ pool, knows = ['shell'] }: { pool?: string; knows?: string[] } = {}) {
  const bell = createBell();
  const ended = new AbortController();
  const state = { knows, renewed: [] as string[][], adopted: 0, failures: 0, asked: 0 };
  const offers: Offers = {
    make: (runtimes) => {
      const registration = offering(
        ['shell', ...runtimes.map(({ definition }) => definition.name).filter((name) => name !== 'shell')],
        pool,
      );
      return Promise.resolve<Offer>({
        registration,
        resolveCommand: () => Promise.reject(new Error('none')),
      });
    },
    adopt: () => (state.adopted += 1),
    resolveCommand: () => Promise.reject(new Error('none')),
  };
  const link = {
    runtimes: () => {
      state.asked += 1;
      return Promise.resolve(known(state.knows));
    },
    renew: (registration: WorkerRegistration, onTurn: () => void) => {
      if (state.failures > 0) {
        state.failures -= 1;
        return Promise.reject(new Error('away'));
      }
      onTurn();
      state.renewed.push(registration.runtimes.map(({ name }) => name));
      return Promise.resolve(pool ?? 'another');
    },
  };
  const first = {
    registration: offering(['shell'], pool),
    pool: pool === undefined ? 'derived' : `${pool}-1`,
  };
  const kept = keepOffer(
    first,
    { bell, signal: ended.signal },
    { link, offers, logger: createLogger('silent') },
  );
  onTestFinished(async () => {
    ended.abort();
    await kept;
  });
  return { bell, state, ended, kept };
}

test('what is offered already is not offered again, and is worked by in its present definition', async () => {
  const { bell, state } = worker();
  bell.ring();
  await vi.waitFor(() => expect(state.adopted).toBe(1));
  expect(state.renewed).toEqual([]);
});

test('a runtime that came, and one that went, is a new offer', async () => {
  const { bell, state } = worker();
  state.knows = ['shell', 'lua'];
  bell.ring();
  await vi.waitFor(() => expect(state.renewed).toEqual([['shell', 'lua']]));
  state.knows = ['shell'];
  bell.ring();
  await vi.waitFor(() => expect(state.renewed).toEqual([['shell', 'lua'], ['shell']]));
});

test('a runtime of this worker whose definition went with a pack is registered again', async () => {
  const { bell, state } = worker({ knows: [] });
  bell.ring();
  await vi.waitFor(() => expect(state.renewed).toEqual([['shell']]));
});

test('a worker that is beside the pool that it names asks for it again', async () => {
  const { bell, state } = worker({ pool: 'mine' });
  bell.ring();
  await vi.waitFor(() => expect(state.renewed).toEqual([['shell']]));
  bell.ring();
  await vi.waitFor(() => expect(state.asked).toBe(2));
  expect(state.renewed).toHaveLength(1);
});

test('what fails is tried again without being asked', async () => {
  const { bell, state } = worker();
  state.knows = ['shell', 'lua'];
  state.failures = 2;
  bell.ring();
  await vi.waitFor(() => expect(state.renewed).toEqual([['shell', 'lua']]), { timeout: 10_000 });
});

test('it ends when it is told to, also while it waits for the bell', async () => {
  const { ended, kept } = worker();
  ended.abort();
  await expect(kept).resolves.toBeUndefined();
});
