import { expect, test } from 'vitest';
import { ask } from '../../../support/system.ts';
import { openScene, registerAction, registrationOf, type LinkKind, type Scene } from './scene.ts';

const { capabilities } = registrationOf();
const other = { ...capabilities, labels: { gpu: 'true' } };

async function connected({ link: open }: Scene) {
  const link = open();
  await link.connect();
  return link;
}

export function registering(kind: LinkKind): void {
  test('workers that offer the same are one pool, named after what they offer', async () => {
    const scene = await openScene(kind);
    const link = await connected(scene);
    const one = await link.register(registrationOf());
    const same = await link.register(registrationOf());
    const different = await link.register(registrationOf({ capabilities: other }));
    expect(one.pool).toMatch(/^shell-[0-9a-f]{8}$/);
    expect(same).toMatchObject({ pool: one.pool });
    expect(same.worker).not.toBe(one.worker);
    expect(different.pool).not.toBe(one.pool);
  });

  test('a pool that is asked for is joined; with other capabilities one beside it', async () => {
    const scene = await openScene(kind);
    const [first, second] = await Promise.all([connected(scene), connected(scene)]);
    const { pool } = await first.register(registrationOf({ pool: 'mine' }));
    const beside = await second.register(registrationOf({ pool: 'mine', capabilities: other }));
    expect(pool).toBe('mine');
    expect(beside.pool).toMatch(/^mine-[0-9a-f]{8}$/);
  });

  test('the control plane knows the worker and its runtimes', async () => {
    const scene = await openScene(kind);
    const link = await connected(scene);
    const { worker, pool } = await link.register(registrationOf({ name: 'ada', slots: 3 }));
    expect(await ask(`${scene.system.url}/api/v1/workers/${worker}`)).toMatchObject({
      name: 'ada',
      pool,
      slots: 3,
      status: 'online',
      cordoned: false,
      capabilities,
      agent: { version: '1.0.0' },
    });
    expect(await ask(`${scene.system.url}/api/v1/runtimes/shell`)).toMatchObject({ name: 'shell' });
  });

  test('what waits for a worker comes to the first that can take it, without any sweep', async () => {
    const scene = await openScene(kind, { ATTUNE__SCHEDULER__SWEEP_INTERVAL: '3600s' });
    await registerAction(scene.system, 'picky', 'runtime_version: ">=6"\nworker_selector: {gpu: "true"}\n');
    await scene.join();
    const { id, waiting_reason: reason } = await scene.system.execute('test.picky');
    expect(reason).toBe('needs shell >=6 and label gpu=true; 1 worker: 1 lacks shell >=6 (has 5.2.15)');
    const detected = [{ name: 'shell', version: '6.0.0' }];
    const { takes } = await scene.join({ capabilities: { ...other, runtimes: detected } });
    await takes(id);
  });

  test('who takes the name of another replaces it', async () => {
    const scene = await openScene(kind);
    const [first, second] = await Promise.all([connected(scene), connected(scene)]);
    await first.register(registrationOf({ name: 'ada' }));
    expect(await first.heartbeat([])).toMatchObject({ status: 'online' });
    await second.register(registrationOf({ name: 'ada' }));
    expect(await first.heartbeat([])).toMatchObject({ status: 'replaced' });
    expect(await second.heartbeat([])).toMatchObject({ status: 'online' });
  });
}
