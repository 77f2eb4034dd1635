import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { WorkerRegistration } from '../../../../src/contract/worker.ts';
import { folderWith } from '../../../support/folder.ts';
import { ask } from '../../../support/system.ts';
import {
  attemptOf,
  openScene,
  outcome,
  patience,
  registerAction,
  registrationOf,
  shell,
  type LinkKind,
  type Scene,
} from './scene.ts';

/** Nothing is looked at again: a hint that is lost, or an execution that nobody wakes, is missed. */
const withoutSweep = { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '3600s' };

/** A worker that has these runtimes. */
function offering(names: readonly string[], change: Partial<WorkerRegistration> = {}): WorkerRegistration {
  const plain = registrationOf();
  const detected = names.map((name) => ({ name, version: '1.2.3', path: '/bin/sh' }));
  return {
    ...plain,
    capabilities: { ...plain.capabilities, runtimes: detected },
    runtimes: detected.map((one) => ({
      name: one.name,
      detected: [one],
      template: { ...shell, name: one.name },
    })),
    ...change,
  };
}

const withShell = offering(['shell']);
const withBoth = offering(['shell', 'sole']);

async function registerPack({ system }: Scene, files: Readonly<Record<string, string>>): Promise<void> {
  const path = folderWith({ 'pack.yaml': 'ref: extra\nversion: 1.0.0\n', ...files });
  await ask(`${system.url}/api/v1/packs/register`, { path });
}

async function actions(scene: Scene): Promise<void> {
  await registerAction(scene.system, 'noop');
  await registerPack(scene, {
    'actions/sole.yaml': 'ref: extra.sole\nrunner_type: sole\nentry_point: x.sh\n',
    'actions/x.sh': ':\n',
  });
}

export function renewing(kind: LinkKind): void {
  test('what waits for a runtime comes when a worker offers it, without any sweep', async () => {
    const scene = await openScene(kind, withoutSweep);
    await actions(scene);
    const { link, takes, registered } = await scene.join(withShell);
    const { id, waiting_reason: reason } = await scene.system.execute('extra.sole');
    expect(reason).toContain('sole');
    const pool = await link.renew({ ...withBoth, name: withShell.name }, () => undefined);
    expect(pool).not.toBe(registered.pool);
    expect((await takes(id)).assignment).toMatchObject({ epoch: 1, runtime: { name: 'sole' } });
    expect(await ask(`${scene.system.url}/api/v1/workers/${registered.worker}`)).toMatchObject({
      pool,
      status: 'online',
      capabilities: withBoth.capabilities,
    });
  });

  test('what was assigned goes on, under its epoch, and keeps its slot until it is settled', async () => {
    const scene = await openScene(kind, withoutSweep);
    await actions(scene);
    const { link, taken, takes } = await scene.join({ ...withShell, slots: 2 });
    const old = await takes((await scene.system.execute('test.noop')).id);
    await link.renew(withBoth, () => undefined);
    const asked = [await scene.system.execute('extra.sole'), await scene.system.execute('extra.sole')];
    const first = await vi.waitFor(() => taken[1] ?? Promise.reject(new Error('nothing came')), patience);
    expect(await link.heartbeat([attemptOf(old), attemptOf(first)])).toMatchObject({
      fenced: [],
      cancel: [],
    });
    expect(taken).toHaveLength(2);
    expect(await link.finish(attemptOf(old), outcome(), [])).toBe('accepted');
    await old.settle();
    await Promise.all(asked.map(({ id }) => takes(id)));
    await link.finish(attemptOf(first), outcome(), []);
    await first.settle();
    expect(await scene.system.show(old.assignment.execution)).toMatchObject({
      state: 'completed',
      attempts: 1,
    });
  });

  test('the turn comes between the last of the old offer and the first of the new one', async () => {
    const scene = await openScene(kind, withoutSweep);
    await actions(scene);
    const { link, taken } = await scene.join({ ...withShell, slots: 50 });
    const submitting = Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        scene.system.execute(index % 2 === 0 ? 'test.noop' : 'extra.sole'),
      ),
    );
    let before = -1;
    await link.renew(withBoth, () => {
      before = taken.length;
    });
    await submitting;
    await vi.waitFor(
      () => expect(taken.filter(({ assignment }) => assignment.action.ref === 'extra.sole')).toHaveLength(15),
      patience,
    );
    const early = taken.slice(0, before).map(({ assignment }) => assignment.action.ref);
    expect(new Set(early).has('extra.sole')).toBe(false);
  });

  test('a worker that changes its pool again and again loses nothing and doubles nothing', async () => {
    const scene = await openScene(kind, withoutSweep);
    await actions(scene);
    // One stays in each pool, so that every hint that is given back is somebody's.
    const workers = await Promise.all([
      scene.join({ ...offering(['shell']), slots: 3 }),
      scene.join({ ...offering(['shell', 'sole']), slots: 3 }),
      scene.join({ ...offering(['shell']), slots: 3 }),
    ]);
    const mover = workers[2];
    const settled = new Set<number>();
    const working = new AbortController();
    const work = Promise.all(
      workers.map(async ({ link, taken }) => {
        for (let next = 0; !working.signal.aborted;) {
          const assigned = taken[next];
          if (assigned === undefined) await delay(2);
          else {
            next += 1;
            const verdict = await link.finish(attemptOf(assigned), outcome(), []);
            if (verdict === 'accepted') settled.add(assigned.assignment.execution);
            await assigned.settle();
          }
        }
      }),
    );
    const moving = (async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        const offer = turn % 2 === 0 ? offering(['shell', 'sole']) : offering(['shell']);
        await mover.link.renew({ ...offer, slots: 3 }, () => undefined);
        await delay(5);
      }
    })();
    const asked = await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        delay(index).then(() => scene.system.execute(index % 3 === 0 ? 'extra.sole' : 'test.noop')),
      ),
    );
    await moving;
    await vi.waitFor(() => expect(settled.size).toBe(asked.length), patience);
    working.abort();
    await work;
    const executions = workers.flatMap(({ taken }) => taken.map(({ assignment }) => assignment.execution));
    expect(executions).toHaveLength(asked.length);
    for (const { id } of asked)
      expect(await scene.system.show(id)).toMatchObject({ state: 'completed', attempts: 1 });
  }, 60_000);

  test('a renewal that fails because the control plane is away takes nothing, and may be repeated', async () => {
    const scene = await openScene(kind);
    await actions(scene);
    const { link, takes } = await scene.join(withShell);
    scene.block();
    await expect(link.renew(withBoth, () => undefined)).rejects.toMatchObject({ retryable: true });
    scene.restore();
    await vi.waitFor(() => link.renew(withBoth, () => undefined), patience);
    await takes((await scene.system.execute('extra.sole')).id);
  });

  test('a cordoned worker takes nothing of its new pool either', async () => {
    const scene = await openScene(kind, withoutSweep);
    await actions(scene);
    const { link, taken, takes, registered } = await scene.join(withShell);
    await ask(`${scene.system.url}/api/v1/workers/${registered.worker}/cordon`, {});
    await link.heartbeat([]);
    await link.renew(withBoth, () => undefined);
    const { id } = await scene.system.execute('extra.sole');
    expect(await link.heartbeat([])).toMatchObject({ status: 'online', cordoned: true });
    expect(taken).toEqual([]);
    await ask(`${scene.system.url}/api/v1/workers/${registered.worker}/uncordon`, {});
    await takes(id);
  });

  test('who was replaced renews nothing', async () => {
    const scene = await openScene(kind);
    const first = await scene.join({ ...withShell, name: 'ada' });
    const second = await scene.join({ ...withShell, name: 'ada' });
    expect(await first.link.renew(withBoth, () => undefined)).toBeUndefined();
    expect(await second.link.renew(withShell, () => undefined)).toBe(second.registered.pool);
  });

  test('who stops while it changes its pool takes nothing more', async () => {
    const scene = await openScene(kind, withoutSweep);
    await actions(scene);
    const stopped = await scene.join(withShell);
    const moving = stopped.link.renew(withBoth, () => undefined);
    await Promise.all([stopped.consumption.stop(), moving]);
    const { id } = await scene.system.execute('extra.sole');
    const other = await scene.join(offering(['shell', 'sole']));
    await other.takes(id);
    expect(stopped.taken).toEqual([]);
  });

  test('the runtimes of packs and those that workers brought are known, and their changes heard', async () => {
    const scene = await openScene(kind);
    const link = scene.link();
    let heard = 0;
    link.onOfferOutdated(() => (heard += 1));
    await link.connect();
    const names = async () =>
      (await link.runtimes()).map(({ definition, autoDetected }) => [definition.name, autoDetected]);
    await scene.join(withBoth);
    await registerPack(scene, { 'runtimes/zig.yaml': 'ref: extra.zig\nname: zig\naliases: [zigcc]\n' });
    await vi.waitFor(() => expect(heard).toBeGreaterThan(0), patience);
    expect(await names()).toEqual([
      ['shell', true],
      ['sole', true],
      ['zig', false],
    ]);
    const before = heard;
    await registerPack(scene, {});
    await vi.waitFor(() => expect(heard).toBeGreaterThan(before), patience);
    expect(await names()).toEqual([
      ['shell', true],
      ['sole', true],
    ]);
  });

  test('what changed while it could not hear of it, it hears of afterwards', async () => {
    const scene = await openScene(kind);
    const { link } = await scene.join();
    let heard = 0;
    link.onOfferOutdated(() => (heard += 1));
    scene.block();
    await registerPack(scene, { 'runtimes/zig.yaml': 'ref: extra.zig\nname: zig\n' });
    scene.restore();
    await vi.waitFor(() => expect(heard).toBeGreaterThan(0), patience);
  });

  test('workers of a named pool that come to offer the same are in that pool in the end', async () => {
    const scene = await openScene(kind);
    const [one, two] = await Promise.all([
      scene.join({ ...offering(['shell']), pool: 'mine' }),
      scene.join({ ...offering(['shell']), pool: 'mine' }),
    ]);
    let mayReturn = false;
    one.link.onOfferOutdated(() => (mayReturn = true));
    const better = { ...offering(['shell', 'sole']), pool: 'mine' };
    expect(await one.link.renew(better, () => undefined)).toMatch(/^mine-/);
    mayReturn = false;
    expect(await two.link.renew({ ...better, name: 'two' }, () => undefined)).toBe('mine');
    await vi.waitFor(() => expect(mayReturn).toBe(true), patience);
    expect(await one.link.renew(better, () => undefined)).toBe('mine');
  });

  test('what was placed for an offer that is no more waits again, and says for what', async () => {
    const scene = await openScene(kind);
    await actions(scene);
    const { link, taken, takes } = await scene.join({ ...withBoth, slots: 1, pool: 'mine' });
    const busy = await takes((await scene.system.execute('test.noop')).id);
    const { id } = await scene.system.execute('extra.sole');
    await link.renew({ ...withShell, slots: 1, pool: 'mine' }, () => undefined);
    const waiting = async () => {
      const { state, waiting_reason: reason } = await scene.system.show(id);
      return `${state}: ${reason}`;
    };
    await expect.poll(waiting, patience).toMatch(/^requested: .*1 lacks sole/);
    await busy.settle();
    await link.renew({ ...withBoth, slots: 1, pool: 'mine' }, () => undefined);
    await takes(id);
    expect(taken).toHaveLength(2);
  });
}
