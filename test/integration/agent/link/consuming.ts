import { expect, test, vi } from 'vitest';
import { packView } from '../../../../src/contract/api/pack.ts';
import { attemptOf, openScene, outcome, patience, registerAction, shell, type LinkKind } from './scene.ts';

const allFields = `
runtime_version: '>=5'
parameter_delivery: file
parameter_format: yaml
output_format: json
timeout: 7.5
parameters:
  name: {type: string, required: true}
  count: {type: integer, default: 3}
  nested: {type: object}
  token: {type: string, secret: true}
`;

export function consuming(kind: LinkKind): void {
  test('an assignment holds all that running takes', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'all', allFields);
    const pack = await fetch(`${system.url}/api/v1/packs/test`);
    const { ref, digest } = packView.parse(await pack.json());
    const { takes } = await join();
    const parameters = { name: 'Ada', nested: { list: [1, null, 'x'] }, token: 'hunter2' };
    const { id } = await system.execute('test.all', parameters);
    const { assignment } = await takes(id);
    expect(assignment).toMatchObject({
      execution: id,
      epoch: 1,
      pack: { ref, digest },
      action: {
        ref: 'test.all',
        runner_type: 'shell',
        runtime_version: '>=5',
        entry_point: 'x.sh',
        parameter_delivery: 'file',
        parameter_format: 'yaml',
        output_format: 'json',
      },
      secrets: ['token'],
      timeout: 7.5,
    });
    expect(assignment.parameters).toEqual({ ...parameters, count: 3 });
    expect(assignment.runtime).toEqual({
      name: 'shell',
      execution_config: shell.execution_config,
      versions: shell.versions,
    });
  });

  test('a taken execution runs on the worker that took it', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const { takes } = await join({ name: 'ada' });
    const { id } = await system.execute('test.noop');
    await takes(id);
    expect(await system.show(id)).toMatchObject({ state: 'running', worker: { name: 'ada' }, attempts: 1 });
  });

  test('never more are unsettled than there are slots; settling frees one', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const { link, taken } = await join({ slots: 2 });
    const asked = await Promise.all(Array.from({ length: 5 }, () => system.execute('test.noop')));
    for (let settled = 0; settled < asked.length; settled += 1) {
      const next = await vi.waitFor(
        () => taken[settled] ?? Promise.reject(new Error('nothing came')),
        patience,
      );
      expect(taken.length - settled).toBeLessThanOrEqual(2);
      await link.finish(attemptOf(next), outcome(), []);
      await next.settle();
      await next.settle();
    }
    expect(taken.map(({ assignment }) => assignment.execution).toSorted((a, b) => a - b)).toEqual(
      asked.map(({ id }) => id).toSorted((a, b) => a - b),
    );
  });

  test('two workers of a pool share, and nothing is taken twice', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const workers = await Promise.all([join({ slots: 3 }), join({ slots: 3 })]);
    await Promise.all(Array.from({ length: 6 }, () => system.execute('test.noop')));
    await vi.waitFor(() => expect(workers.flatMap(({ taken }) => taken)).toHaveLength(6), patience);
    const executions = workers.flatMap(({ taken }) => taken.map(({ assignment }) => assignment.execution));
    expect(new Set(executions).size).toBe(6);
  });

  test('who stopped consuming takes nothing more, and may still finish what it has', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const stopped = await join();
    const first = await system.execute('test.noop');
    const assigned = await stopped.takes(first.id);
    await stopped.consumption.stop();
    const second = await system.execute('test.noop');
    const other = await join();
    await other.takes(second.id);
    expect(await stopped.link.finish(attemptOf(assigned), outcome(), [])).toBe('accepted');
    await assigned.settle();
    expect(stopped.taken).toHaveLength(1);
  });

  test('an action that has vanished since is run as it was when it was asked for', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'vanishing');
    const { id } = await system.execute('test.vanishing');
    await registerAction(system, 'noop');
    const { takes } = await join();
    expect((await takes(id)).assignment.action).toMatchObject({ ref: 'test.vanishing' });
  });
}
