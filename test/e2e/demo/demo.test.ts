import { connect } from 'amqplib';
import * as z from 'zod';
import { describe, expect, test, vi } from 'vitest';
import { queueOf } from '../../../src/broker/amqp/topology.ts';
import { executionView } from '../../../src/contract/api/execution.ts';
import { freshBroker } from '../../support/rabbitmq.ts';
import { requires } from '../../support/requires.ts';
import { startDemo, type RunningDemo } from './attune-demo.ts';

const demoResult = z.object({
  url: z.string(),
  as_expected: z.boolean(),
  executions: z.array(
    z.object({
      runtime: z.string(),
      expected: z.string(),
      queued_ms: z.number().nullable(),
      run_ms: z.number().nullable(),
      execution: executionView,
    }),
  ),
});

/** Processes die a moment after they were told to. */
async function expectNoProcess(demo: RunningDemo): Promise<void> {
  await vi.waitFor(() => expect(demo.processes()).toEqual([]), { timeout: 90_000, interval: 50 });
}

async function expectNothingLeft(demo: RunningDemo): Promise<void> {
  expect(demo.files()).toEqual([]);
  await expectNoProcess(demo);
}

describe.skipIf(!requires('agent'))('attune demo', () => {
  test('brings every execution to the end that it must have, and leaves nothing behind', async () => {
    const demo = startDemo(['--json']);
    const { status, stdout, stderr } = await demo.ended;
    const result = demoResult.parse(JSON.parse(stdout));
    expect({ status, stderr, as_expected: result.as_expected }).toEqual({
      status: 0,
      stderr,
      as_expected: true,
    });
    const states = result.executions.map(({ execution }) => [execution.action, execution.state]);
    expect(Object.fromEntries(states)).toMatchObject({
      'example.folder_summary': 'completed',
      'example.greet_secretly': 'completed',
      'example.fail': 'failed',
      'example.sleep_forever': 'timeout',
      'example.forks': 'cancelled',
      'example.needs_erlang': 'requested',
    });
    const waiting = result.executions.find(({ runtime }) => runtime === 'erlang');
    expect(waiting?.execution.waiting_reason).toMatch(/needs erlang/);
    expect(stdout).not.toContain('the-demo-s-secret');
    await expectNothingLeft(demo);
  });

  test('shows a table, and with --keep stays until Ctrl-C', async () => {
    const demo = startDemo(['--keep']);
    await demo.says('It stays until Ctrl-C');
    const said = /API +(http:\S+)\/api\/v1/;
    await demo.says(said);
    const left = demo.processes().join('\n');
    expect(left).toContain('attune-agent');
    demo.process.kill('SIGINT');
    const { status, stdout, stderr } = await demo.ended;
    expect(said.exec(stderr)?.[1]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(stdout).toMatch(/^ID +ACTION +RUNTIME +VERSION +STATE +QUEUED MS +RUN MS +RESULT$/m);
    expect(stdout).toMatch(/example\.fail +shell +\S+ +failed +\d+ +\d+ +exit code 3/);
    expect(stdout).toContain('Every execution ended as it should.');
    expect(status).toBe(0);
    await expectNothingLeft(demo);
  });

  test.each(['✔ PostgreSQL', '✔ server', /example\.forks +(running|canceling)/])(
    'leaves nothing behind when Ctrl-C comes after %s',
    async (moment) => {
      const demo = startDemo([]);
      await demo.says(moment);
      demo.process.kill('SIGINT');
      const { status, stderr } = await demo.ended;
      expect(stderr).toContain('Stopping');
      expect(stderr).not.toContain('warning:');
      expect(status).toBe(130);
      await expectNothingLeft(demo);
    },
  );

  test('leaves no process behind when it is KILLed while jobs run', async () => {
    const demo = startDemo([]);
    await demo.says(/example\.forks +(running|canceling)/);
    demo.process.kill('SIGKILL');
    const { stdout } = await demo.ended;
    expect(stdout).toBe('');
    await expectNoProcess(demo);
  });

  test('says which part failed, and leaves nothing behind', async () => {
    const demo = startDemo(['--agent', '/bin/false']);
    const { status, stderr } = await demo.ended;
    expect(stderr).toMatch(/The demo's agent ended with status 1/);
    expect(status).toBe(1);
    await expectNothingLeft(demo);
  });

  test('says how to build an agent that is not there', async () => {
    const demo = startDemo(['--agent', '/no/such/agent']);
    const { status, stderr } = await demo.ended;
    expect(stderr).toMatch(/\/no\/such\/agent is not built: "npm run build"/);
    expect(status).toBe(1);
    await expectNothingLeft(demo);
  });

  describe.skipIf(!requires('amqp'))('over RabbitMQ', () => {
    test('does the same, and takes its queues away', async () => {
      const broker = await freshBroker();
      try {
        const demo = startDemo(['--json'], { ATTUNE_DEMO_AMQP_URL: broker.url });
        const { status, stdout, stderr } = await demo.ended;
        const result = demoResult.parse(JSON.parse(stdout));
        expect({ status, stderr, as_expected: result.as_expected }).toEqual({
          status: 0,
          stderr,
          as_expected: true,
        });
        const pool = result.executions[0]?.execution.pool ?? '';
        expect(pool).toMatch(/^demo-/);
        expect(await hasQueue(broker.url, queueOf(pool))).toBe(false);
        await expectNothingLeft(demo);
      } finally {
        await broker.drop();
      }
    });
  });
});

async function hasQueue(url: string, queue: string): Promise<boolean> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    // The broker closes a channel that asks for what is not there.
    channel.on('error', () => undefined);
    return await channel.checkQueue(queue).then(
      () => true,
      () => false,
    );
  } finally {
    await connection.close();
  }
}
