import { describe, expect, onTestFinished, test } from 'vitest';
import { executionView } from '../../../src/contract/api/execution.ts';
import { requires } from '../../support/requires.ts';
import { registerSample } from './support/packs.ts';
import { runningServer } from './support/running-server.ts';
import { handWorker } from './support/worker.ts';

describe.skipIf(!requires('postgres'))('what a server keeps', () => {
  test('an execution that has ended goes when it is old, one that runs does not', async () => {
    const server = await runningServer({
      ATTUNE__RETENTION__EXECUTIONS: '1ms',
      ATTUNE__RETENTION__INTERVAL: '20ms',
    });
    onTestFinished(() => server.drop());
    const worker = await handWorker(server.sql);
    await registerSample(server);
    const execute = async () =>
      executionView.parse((await server.post('/api/v1/executions/execute', { action: 'sample.echo' })).body)
        .id;
    const ended = await execute();
    const attempt = await worker.claim();
    const running = await execute();
    await worker.claim();
    await worker.finish(attempt);
    await expect
      .poll(async () => (await server.get(`/api/v1/executions/${ended}`)).status, { timeout: 20_000 })
      .toBe(404);
    expect((await server.get(`/api/v1/executions/${running}`)).status).toBe(200);
  });
});
