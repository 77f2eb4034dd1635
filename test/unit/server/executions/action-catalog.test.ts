import { expect, test, vi } from 'vitest';
import type { ActionView } from '../../../../src/contract/api/action.ts';
import { actionDefinition } from '../../../../src/contract/action.ts';
import { createActionCatalog, type CatalogSource } from '../../../../src/server/executions/action-catalog.ts';

function action(change: Partial<ActionView> = {}): ActionView {
  return {
    ...actionDefinition.parse({ ref: 'core.echo', entry_point: 'echo.sh' }),
    pack: 'core',
    pack_digest: 'd0',
    runtime: 'shell',
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
    ...change,
  };
}

/** A source without aliases of its own. */
function sourceOf(
  findAction: CatalogSource['findAction'],
  aliases: readonly (readonly [string, string])[] = [],
): CatalogSource {
  return { findAction, runtimeAliases: () => Promise.resolve(new Map(aliases)) };
}

test('an action that names an alias has the one name of its runtime', async () => {
  const aliased = action({ runtime: 'lua5.4', required_worker_runtimes: { tclsh: '>=8.6' } });
  const catalog = createActionCatalog(
    sourceOf(
      () => Promise.resolve(aliased),
      [
        ['lua5.4', 'lua'],
        ['tclsh', 'tcl'],
      ],
    ),
  );
  expect(await catalog.find('core.echo')).toMatchObject({
    runtime: 'lua',
    requirement: { runtimes: { lua: '*', tcl: '>=8.6' } },
  });
});

test('an action is read once until the catalogue changes', async () => {
  const find = vi.fn<(ref: string) => Promise<ActionView>>(async () => action());
  const catalog = createActionCatalog(sourceOf(find));

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
  const catalog = createActionCatalog(sourceOf(find));
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
    const catalog = createActionCatalog(sourceOf(find));
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
  const catalog = createActionCatalog(sourceOf(() => answers.shift() ?? Promise.resolve(undefined)));

  await expect(catalog.find('core.echo')).rejects.toThrow('database away');
  await expect(catalog.find('core.echo')).rejects.toMatchObject({ code: 'unknown_action' });
  await expect(catalog.find('core.echo')).resolves.toMatchObject({ secrets: [] });
});
