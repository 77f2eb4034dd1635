import { expect, test, vi } from 'vitest';
import {
  attemptOf,
  openScene,
  outcome,
  patience,
  registerAction,
  registrationOf,
  type LinkKind,
} from './scene.ts';

const shortPatience = {
  ATTUNE__SCHEDULER__WORKER_LOST_AFTER: '1s',
  ATTUNE__SCHEDULER__SWEEP_INTERVAL: '0.1s',
};

export function hearing(kind: LinkKind): void {
  test('a cancellation is heard without a heartbeat', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const { takes, cancelled } = await join();
    const { id } = await system.execute('test.noop');
    await takes(id);
    await system.cancel(id);
    await vi.waitFor(() => expect(cancelled).toContain(id), patience);
  });

  test('a heartbeat tells of a cancellation for as long as the attempt runs, also after an outage', async () => {
    const { system, join, block, restore } = await openScene(kind);
    await registerAction(system, 'noop');
    const { link, takes } = await join();
    const [first, second] = [await system.execute('test.noop'), await system.execute('test.noop')];
    const attempts = [attemptOf(await takes(first.id)), attemptOf(await takes(second.id))];
    block();
    await system.cancel(second.id);
    restore();
    const cancel = [attempts[1]];
    const reply = { status: 'online', cordoned: false, cancel, fenced: [] };
    expect(await vi.waitFor(() => link.heartbeat(attempts), patience)).toEqual(reply);
    expect(await link.heartbeat(attempts)).toEqual(reply);
  });

  test('a heartbeat names the attempts that are no longer ours, and only those', async () => {
    const { system, join } = await openScene(kind);
    await registerAction(system, 'noop');
    const { link, takes } = await join();
    const [first, second] = [await system.execute('test.noop'), await system.execute('test.noop')];
    const running = attemptOf(await takes(first.id));
    const ended = attemptOf(await takes(second.id));
    await link.finish(ended, outcome(), []);
    const stale = { ...running, epoch: 7 };
    const unknown = { execution: 4711, epoch: 1 };
    const { fenced, ...reply } = await link.heartbeat([running, ended, stale, unknown]);
    expect(reply).toEqual({ status: 'online', cordoned: false, cancel: [] });
    expect(fenced).toHaveLength(3);
    expect(fenced).toEqual(expect.arrayContaining([ended, stale, unknown]));
  });

  test('a heartbeat without attempts is one, too', async () => {
    const { join } = await openScene(kind);
    const { link } = await join();
    expect(await link.heartbeat([])).toEqual({ status: 'online', cordoned: false, cancel: [], fenced: [] });
  });

  test('who was silent for too long hears that it is lost, may write no more, and begins anew', async () => {
    const { system, join } = await openScene(kind, shortPatience);
    await registerAction(system, 'noop');
    const { link, takes, consumption, taken, registered } = await join();
    const { id } = await system.execute('test.noop');
    const attempt = attemptOf(await takes(id));
    expect(await system.reaches(id)).toMatchObject({ state: 'abandoned' });
    expect(await link.heartbeat([attempt])).toMatchObject({ status: 'lost', cancel: [], fenced: [attempt] });
    expect(await link.appendLogs(attempt, [])).toBe('fenced');
    expect(await link.finish(attempt, outcome(), [])).toBe('fenced');
    expect(await system.show(id)).toMatchObject({ state: 'abandoned' });

    await consumption.stop();
    const again = await link.register(registrationOf());
    expect(again.worker).not.toBe(registered.worker);
    expect(await link.heartbeat([])).toMatchObject({ status: 'online' });
    const next = new Set<number>();
    await link.consume({ slots: 1, occupied: 0 }, ({ assignment }) => next.add(assignment.execution));
    const later = await system.execute('test.noop');
    await vi.waitFor(() => expect(next).toContain(later.id), patience);
    expect(taken).toHaveLength(1);
  });
}
