import { expect, test } from 'vitest';
import {
  attemptOf,
  chunk,
  openScene,
  outcome,
  registerAction,
  type JoinedWorker,
  type LinkKind,
} from './scene.ts';

/** A worker with one execution that runs and has written `one\n`. */
async function running(kind: LinkKind) {
  const scene = await openScene(kind);
  await registerAction(scene.system, 'noop');
  const dead = await scene.join();
  const { id } = await scene.system.execute('test.noop');
  const attempt = attemptOf(await dead.takes(id));
  await dead.link.appendLogs(attempt, [chunk(0, 'one\n')]);
  return { scene, dead, id, attempt };
}

function executionsOf({ taken }: JoinedWorker): number[] {
  return taken.map(({ assignment }) => assignment.execution);
}

export function succeeding(kind: LinkKind): void {
  test('an attempt of a dead agent goes on: same epoch, its log continued, its slot taken until it is vacated', async () => {
    const { scene, dead, id, attempt } = await running(kind);
    await dead.link.close();
    const successor = await scene.join({ slots: 2 }, { ...dead.registered, attempts: [attempt] });
    const { link, consumption, registered } = successor;
    expect(registered.kept).toEqual([{ ...attempt, logEnds: { stdout: 4, stderr: 0 } }]);
    expect(await link.heartbeat([attempt])).toMatchObject({ status: 'online', fenced: [] });

    const [first, second] = [
      await scene.system.execute('test.noop'),
      await scene.system.execute('test.noop'),
    ];
    const begun = await successor.takes(first.id);
    expect(await link.appendLogs(attempt, [chunk(4, 'two\n')])).toBe('accepted');
    expect(await link.finish(attempt, outcome(), [chunk(8, 'three\n')])).toBe('accepted');
    expect(executionsOf(successor)).toEqual([first.id]);
    consumption.vacate();
    await successor.takes(second.id);
    await link.finish(attemptOf(begun), outcome(), []);
    await begun.settle();

    expect(await scene.system.log(id, 'stdout')).toBe('one\ntwo\nthree\n');
    expect(await scene.system.show(id)).toMatchObject({ state: 'completed', epoch: 1, attempts: 1 });
    expect(executionsOf(successor)).toEqual([first.id, second.id]);
  });

  test('what the dead agent still sends is refused', async () => {
    const { scene, dead, id, attempt } = await running(kind);
    const { link } = await scene.join({}, { ...dead.registered, attempts: [attempt] });
    expect(await dead.link.appendLogs(attempt, [chunk(4, 'late\n')])).toBe('fenced');
    expect(await dead.link.finish(attempt, outcome('failed'), [chunk(4, 'late\n')])).toBe('fenced');
    expect(await dead.link.heartbeat([])).toMatchObject({ status: 'replaced' });
    expect(await link.finish(attempt, outcome(), [chunk(4, 'end\n')])).toBe('accepted');
    expect(await scene.system.show(id)).toMatchObject({ state: 'completed' });
    expect(await scene.system.log(id, 'stdout')).toBe('one\nend\n');
  });

  test('what the dead agent had taken and not begun is run, as its first attempt', async () => {
    const { scene, dead, id } = await running(kind);
    await dead.link.close();
    const successor = await scene.join({}, { ...dead.registered, attempts: [] });
    const again = attemptOf(await successor.takes(id));
    expect(again).toEqual({ execution: id, epoch: 2 });
    expect(await scene.system.show(id)).toMatchObject({ state: 'running', attempts: 1 });
  });

  test('what ended before is not kept', async () => {
    const { scene, dead, attempt } = await running(kind);
    await dead.link.finish(attempt, outcome(), []);
    const { link, registered } = await scene.join({}, { ...dead.registered, attempts: [attempt] });
    expect(registered.kept).toEqual([]);
    expect(await link.heartbeat([attempt])).toMatchObject({ fenced: [attempt] });
  });
}
