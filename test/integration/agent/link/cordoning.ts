import { expect, test, vi } from 'vitest';
import { ask } from '../../../support/system.ts';
import { openScene, patience, registerAction, type LinkKind, type Scene } from './scene.ts';

/** Nothing is sent again: what a cordoned worker keeps from others is missed. */
const withoutRelay = { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '3600s' };

async function setCordon({ system }: Scene, worker: number, verb: 'cordon' | 'uncordon'): Promise<void> {
  await ask(`${system.url}/api/v1/workers/${worker}/${verb}`, {});
}

export function cordoning(kind: LinkKind): void {
  test('a cordoned worker takes nothing, keeps nothing from others, and hears of it by its heartbeat', async () => {
    const scene = await openScene(kind, withoutRelay);
    await registerAction(scene.system, 'noop');
    const [cordoned, other] = await Promise.all([scene.join({ slots: 5 }), scene.join({ slots: 10 })]);
    await setCordon(scene, cordoned.registered.worker, 'cordon');
    const asked = await Promise.all(Array.from({ length: 10 }, () => scene.system.execute('test.noop')));
    await Promise.all(asked.map(({ id }) => other.takes(id)));
    expect(cordoned.taken).toEqual([]);
    expect(await cordoned.link.heartbeat([])).toMatchObject({ status: 'online', cordoned: true });
  });

  test('uncordoned, it takes again', async () => {
    const scene = await openScene(kind, withoutRelay);
    await registerAction(scene.system, 'noop');
    const { registered, link, takes } = await scene.join();
    await setCordon(scene, registered.worker, 'cordon');
    await link.heartbeat([]);
    const { id } = await scene.system.execute('test.noop');
    await setCordon(scene, registered.worker, 'uncordon');
    await takes(id);
    expect(await link.heartbeat([])).toMatchObject({ cordoned: false });
  });

  test('uncordoned while it could not hear of it, it takes again with its next heartbeat', async () => {
    const scene = await openScene(kind, withoutRelay);
    await registerAction(scene.system, 'noop');
    const { registered, link, takes } = await scene.join();
    await setCordon(scene, registered.worker, 'cordon');
    await link.heartbeat([]);
    scene.block();
    const { id } = await scene.system.execute('test.noop');
    await setCordon(scene, registered.worker, 'uncordon');
    scene.restore();
    expect(await vi.waitFor(() => link.heartbeat([]), patience)).toMatchObject({ cordoned: false });
    await takes(id);
  });
}
