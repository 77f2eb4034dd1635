import { describe, expect, test } from 'vitest';
import { Health } from '../../../../src/agent/health/health.ts';

const identity = { name: 'one', slots: 4, pool: 'ruby' };

function scene() {
  const clock = { now: 0 };
  const health = new Health({ heartbeatMilliseconds: 10_000, now: () => clock.now });
  const work = () => {
    health.registered(identity);
    health.consuming(true);
    health.heard({ status: 'online' });
  };
  return { clock, health, work };
}

describe('the health of an agent', () => {
  test('begins with not being registered', () => {
    expect(scene().health.report()).toEqual({
      ready: false,
      reason: 'the worker is not registered: it has just started',
    });
  });

  test('names what keeps it from registering', () => {
    const { health } = scene();
    health.failed(new Error('PostgreSQL cannot be reached'));
    expect(health.report().reason).toBe('the worker is not registered: PostgreSQL cannot be reached');
  });

  test('wants a heartbeat that was accepted', () => {
    const { health } = scene();
    health.registered(identity);
    health.consuming(true);
    expect(health.report()).toMatchObject({
      ready: false,
      reason: expect.stringContaining('not heard yet') as unknown,
    });
  });

  test('is good while it is heard', () => {
    const { clock, health, work } = scene();
    work();
    clock.now = 29_000;
    health.running = () => 3;
    expect(health.report()).toEqual({
      ready: true,
      reason: 'worker one of pool ruby, 3 of 4 slots taken, heard 29 s ago',
    });
  });

  test('ends with three missed heartbeats, and names the reason of the last', () => {
    const { clock, health, work } = scene();
    work();
    health.heartbeatFailed(new Error('connection refused'));
    expect(health.report().ready).toBe(true);
    clock.now = 31_000;
    expect(health.report()).toEqual({
      ready: false,
      reason: 'worker one was not heard for 31 s: connection refused',
    });
    health.heard({ status: 'online' });
    expect(health.report().ready).toBe(true);
  });

  test.each(['lost', 'replaced', 'offline'] as const)('ends when the control plane says %s', (status) => {
    const { health, work } = scene();
    work();
    health.heard({ status });
    expect(health.report().reason).toBe(
      `the worker is not registered: the control plane counts it as ${status}`,
    );
    work();
    expect(health.report().ready).toBe(true);
  });

  test('ends when it stops', () => {
    const { health, work } = scene();
    work();
    health.consuming(false);
    expect(health.report().reason).toContain('takes no executions');
  });

  test('counts', () => {
    const { health, work } = scene();
    work();
    health.heartbeatFailed(new Error('no'));
    health.ended('failed');
    health.ended('failed');
    expect(health.heartbeats).toEqual({ accepted: 1, failed: 1 });
    expect([...health.finished]).toEqual([['failed', 2]]);
  });
});
