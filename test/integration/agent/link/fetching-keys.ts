import { expect, test } from 'vitest';
import { folderWith } from '../../../support/folder.ts';
import { attemptOf, openScene, type LinkKind, type Scene } from './scene.ts';

const pack = (keys: string) => ({
  'pack.yaml': `ref: wanting\nenvironment_keys: ${keys}\n`,
  'actions/noop.yaml': 'ref: wanting.noop\nentry_point: x.sh\n',
  'actions/x.sh': ':\n',
});

async function send({ system }: Scene, method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
  const answer = await fetch(`${system.url}/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A worker with one attempt of a pack that wants these keys. */
async function wanting(kind: LinkKind, keys: string) {
  const scene = await openScene(kind);
  await send(scene, 'POST', 'packs/register', { path: folderWith(pack(keys)) });
  const worker = await scene.join();
  const { id } = await scene.system.execute('wanting.noop');
  const attempt = attemptOf(await worker.takes(id));
  return {
    attempt,
    link: worker.link,
    set: (name: string, value: string) => send(scene, 'PUT', `keys/${name}`, { value }),
  };
}

export function fetchingKeys(kind: LinkKind): void {
  test('the keys of a pack come by the variables that it wants them as, and only for the present attempt', async () => {
    const { attempt, link, set } = await wanting(kind, '{PIP_INDEX_URL: company.pypi, TOKEN: company.token}');
    await set('company.pypi', 'https://ada:s3cret@pypi.example/simple');
    await set('company.token', 'grün');
    await set('company.other', 'nobody asks');
    const values = { PIP_INDEX_URL: 'https://ada:s3cret@pypi.example/simple', TOKEN: 'grün' };
    expect(await link.environmentKeys(attempt)).toEqual(values);
    expect(await link.environmentKeys({ ...attempt, epoch: attempt.epoch + 1 })).toBe('fenced');
  });

  test('a key that is not stored is named, with the command that stores it', async () => {
    const { attempt, link } = await wanting(kind, '{PIP_INDEX_URL: company.pypi}');
    const refused = link.environmentKeys(attempt);
    await expect(refused).rejects.toMatchObject({ code: 'unknown_key' });
    await expect(refused).rejects.toThrow('attune key set company.pypi');
  });

  test('a pack that wants none has none', async () => {
    const { attempt, link } = await wanting(kind, '{}');
    expect(await link.environmentKeys(attempt)).toEqual({});
  });
}
