import { expect, test, vi } from 'vitest';
import type { ActionView } from '../../../../src/contract/api/action.ts';
import { actionDefinition } from '../../../../src/contract/action.ts';
import { createActionCatalog } from '../../../../src/server/executions/action-catalog.ts';

function action(change: Partial<ActionView> = {}): ActionView {
  return {
    ...actionDefinition.parse({ ref: 'core.echo', entry_point: 'echo.sh' }),
    pack: 'core',
    runtime: 'shell',
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
    ...change,
  };
}

test('an action is read once until the catalogue changes', async () => {
  const find = vi.fn<(ref: string) => Promise<ActionView>>(async () => action());
  const catalog = createActionCatalog(find);

  const [first, second] = await Promise.all([catalog.find('core.echo'), catalog.find('core.echo')]);
  expect(first).toBe(second);
  expect(find).toHaveBeenCalledTimes(1);

  catalog.forget();
  await catalog.find('core.echo');
  expect(find).toHaveBeenCalledTimes(2);
});

test('what was being read when the catalogue changed is not kept', async () => {
  const gate = Promise.withResolvers<ActionView>();
  const find = vi.fn<(ref: string) => Promise<ActionView>>(() => gate.promise);
  const catalog = createActionCatalog(find);
  const early = catalog.find('core.echo');
  catalog.forget();
  gate.resolve(action());
  await early;

  await catalog.find('core.echo');

  expect(find).toHaveBeenCalledTimes(2);
});

test('word of a change may be lost: after a while an action is read again', async () => {
  vi.useFakeTimers();
  try {
    const find = vi.fn<(ref: string) => Promise<ActionView>>(async () => action());
    const catalog = createActionCatalog(find);
    await catalog.find('core.echo');
    vi.advanceTimersByTime(60_000);
    await catalog.find('core.echo');
    expect(find).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

test('a failure is not kept', async () => {
  const answers = [
    Promise.reject(new Error('database away')),
    Promise.resolve(undefined),
    Promise.resolve(action()),
  ];
  const catalog = createActionCatalog(() => answers.shift() ?? Promise.resolve(undefined));

  await expect(catalog.find('core.echo')).rejects.toThrow('database away');
  await expect(catalog.find('core.echo')).rejects.toMatchObject({ code: 'unknown_action' });
  await expect(catalog.find('core.echo')).resolves.toMatchObject({ secrets: [] });
});
