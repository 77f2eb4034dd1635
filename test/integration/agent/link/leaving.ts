import { expect, test } from 'vitest';
import { ask } from '../../../support/system.ts';
import { attemptOf, openScene, outcome, registerAction, type LinkKind } from './scene.ts';

export function leaving(kind: LinkKind): void {
  test('a worker that unregisters is offline, and its pool stays', async () => {
    const { system, join } = await openScene(kind);
    const { link, registered, consumption } = await join();
    await consumption.stop();
    await link.unregister();
    expect(await ask(`${system.url}/api/v1/workers/${registered.worker}`)).toMatchObject({
      status: 'offline',
    });
    expect(await ask(`${system.url}/api/v1/pools`)).toMatchObject({ items: [{ name: registered.pool }] });
  });

  test('what it had not finished does not stay behind', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const { link, takes, consumption } = await join();
    const { id } = await system.execute('test.noop');
    const attempt = attemptOf(await takes(id));
    await consumption.stop();
    await link.unregister();
    expect(await system.reaches(id)).toMatchObject({ state: 'abandoned' });
    expect(await link.finish(attempt, outcome(), [])).toBe('fenced');
  });

  test('closes twice, also where it never connected', async () => {
    const { link: open, join } = await openScene(kind);
    const unused = open();
    await unused.close();
    await unused.close();
    const { link } = await join();
    await link.close();
    expect(await link.close()).toBeUndefined();
  });

  test('closes while the control plane is away', async () => {
    const { join, block } = await openScene(kind);
    const { link } = await join();
    block();
    expect(await link.close()).toBeUndefined();
  });
}
