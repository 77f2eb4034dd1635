import { expect, test } from 'vitest';
import type { TerminalState } from '../../../../src/contract/execution-state.ts';
import { attemptOf, chunk, openScene, outcome, registerAction, type LinkKind } from './scene.ts';

/** A worker with one execution that runs. */
async function running(kind: LinkKind) {
  const scene = await openScene(kind);
  await registerAction(scene.system, 'noop');
  const worker = await scene.join();
  const { id } = await scene.system.execute('test.noop');
  const assigned = await worker.takes(id);
  return { system: scene.system, openLink: scene.link, link: worker.link, id, attempt: attemptOf(assigned) };
}

export function writing(kind: LinkKind): void {
  test('chunks of both streams are there while the attempt runs, byte for byte', async () => {
    const { system, link, id, attempt } = await running(kind);
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0a]);
    expect(await link.appendLogs(attempt, [chunk(0, 'one\n'), chunk(0, 'oops\n', 'stderr')])).toBe(
      'accepted',
    );
    expect(await link.appendLogs(attempt, [chunk(4, 'two\n'), { ...chunk(8, ''), bytes }])).toBe('accepted');
    const answer = await fetch(`${system.url}/api/v1/executions/${id}/logs/stdout`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(
      Buffer.concat([Buffer.from('one\ntwo\n'), bytes]),
    );
    expect(await system.log(id, 'stderr')).toBe('oops\n');
    expect(await system.show(id)).toMatchObject({ state: 'running' });
  });

  test('a repeated chunk changes nothing', async () => {
    const { system, link, id, attempt } = await running(kind);
    await link.appendLogs(attempt, [chunk(0, 'one\n')]);
    expect(await link.appendLogs(attempt, [chunk(0, 'one\n'), chunk(4, 'two\n')])).toBe('accepted');
    expect(await link.finish(attempt, outcome(), [chunk(4, 'two\n')])).toBe('accepted');
    expect(await system.log(id, 'stdout')).toBe('one\ntwo\n');
  });

  test.each<TerminalState>(['completed', 'failed', 'timeout', 'cancelled', 'abandoned'])(
    'an end as %s stores the state, the result and the last chunks at once',
    async (state) => {
      const { system, link, id, attempt } = await running(kind);
      const ended = outcome(state, { exit_code: 3, error: { code: 'x', message: 'y' } });
      expect(await link.finish(attempt, ended, [chunk(0, 'last\n')])).toBe('accepted');
      expect(await system.show(id)).toMatchObject(ended);
      expect(await system.log(id, 'stdout')).toBe('last\n');
    },
  );

  test('an end that comes after a cancellation was asked for counts', async () => {
    const { system, link, id, attempt } = await running(kind);
    await system.cancel(id);
    expect(await link.appendLogs(attempt, [chunk(0, 'still here\n')])).toBe('accepted');
    expect(await link.finish(attempt, outcome('cancelled'), [])).toBe('accepted');
    expect(await system.show(id)).toMatchObject({ state: 'cancelled' });
  });

  test('a repeated end is accepted, another one is fenced', async () => {
    const { system, link, id, attempt } = await running(kind);
    const ended = outcome('completed', { duration_ms: 1.5 });
    await link.finish(attempt, ended, []);
    expect(await link.finish(attempt, ended, [])).toBe('accepted');
    expect(await link.finish(attempt, outcome('failed'), [chunk(0, 'late\n')])).toBe('fenced');
    expect(await system.show(id)).toMatchObject(ended);
    expect(await system.log(id, 'stdout')).toBe('');
  });

  test('what an earlier agent left is delivered before its successor registers', async () => {
    const { system, link, openLink, id, attempt } = await running(kind);
    await link.close();
    const successor = openLink();
    await successor.connect();
    expect(await successor.finish(attempt, outcome(), [chunk(0, 'spooled\n')])).toBe('accepted');
    expect(await system.show(id)).toMatchObject(outcome());
    expect(await system.log(id, 'stdout')).toBe('spooled\n');
  });

  test.each([2, 7])('another epoch (%i) than the running one writes nothing', async (epoch) => {
    const { system, link, id, attempt } = await running(kind);
    const stale = { ...attempt, epoch };
    expect(await link.appendLogs(stale, [chunk(0, 'stale\n')])).toBe('fenced');
    expect(await link.finish(stale, outcome(), [chunk(0, 'stale\n')])).toBe('fenced');
    expect(await system.show(id)).toMatchObject({ state: 'running' });
    expect(await system.log(id, 'stdout')).toBe('');
  });

  test('an execution that nobody knows is fenced', async () => {
    const { link } = await running(kind);
    const unknown = { execution: 4711, epoch: 1 };
    expect(await link.appendLogs(unknown, [chunk(0, 'x')])).toBe('fenced');
    expect(await link.finish(unknown, outcome(), [])).toBe('fenced');
  });
}
