import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { packView } from '../../../../src/contract/api/pack.ts';
import { openScene, patience, registerAction, type LinkKind } from './scene.ts';

export function packs(kind: LinkKind): void {
  async function registered() {
    const scene = await openScene(kind);
    await registerAction(scene.system, 'noop');
    const url = `${scene.system.url}/api/v1/packs/test`;
    const { ref, digest } = packView.parse(await (await fetch(url)).json());
    const archive = Buffer.from(await (await fetch(`${url}/archive`)).arrayBuffer());
    return { ...scene, revision: { ref, digest }, archive };
  }

  test('the archive of a pack is the one that the control plane keeps', async () => {
    const { join, revision, archive } = await registered();
    const { link } = await join();
    expect(archive.equals(await buffer(link.openPack(revision)))).toBe(true);
  });

  test('one that it does not keep is missed', async () => {
    const { join, revision } = await registered();
    const { link } = await join();
    await expect(buffer(link.openPack({ ...revision, digest: 'none' }))).rejects.toMatchObject({
      code: 'pack_missing',
      retryable: false,
    });
  });

  test('while the control plane is away it can not be read, and afterwards again', async () => {
    const { join, revision, block, restore } = await registered();
    const { link } = await join();
    block();
    await expect(buffer(link.openPack(revision))).rejects.toMatchObject({ retryable: true });
    restore();
    await vi.waitFor(() => buffer(link.openPack(revision)), patience);
  });
}
