import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executionView, type ExecutionView } from '../../../src/contract/api/execution.ts';
import { pageOf } from '../../../src/contract/api/page.ts';
import { createSecretBox } from '../../../src/shared/secret-box.ts';
import { requires } from '../../support/requires.ts';
import { registerSample } from './support/packs.ts';
import { runningServer, type Answer, type RunningServer } from './support/running-server.ts';
import { handWorker, type HandWorker } from './support/worker.ts';

const encryptionKey = 'another key for tests that is long enough';
const long = 60;

/** What the API says of an execution, and nothing beyond. */
function execution({ body }: Answer): ExecutionView {
  return executionView.strict().parse(body);
}

describe.skipIf(!requires('postgres'))('executions', () => {
  let server: RunningServer;
  let worker: HandWorker;
  beforeAll(async () => {
    server = await runningServer({ ATTUNE__SECURITY__ENCRYPTION_KEY: encryptionKey });
    await registerSample(server);
  });
  afterAll(() => server.drop());

  const run = (body: object): Promise<Answer> => server.post('/api/v1/executions/execute', body);

  test('without a worker, an execution waits and says why', async () => {
    const answer = await run({ action: 'sample.echo' });

    expect(answer.status).toBe(201);
    expect(execution(answer)).toMatchObject({
      action: 'sample.echo',
      state: 'requested',
      parameters: { text: 'hello' },
      pool: null,
      result: null,
    });
    expect(execution(answer).waiting_reason).toMatch(/shell/);
    const location = answer.headers.get('location') ?? '';
    expect(execution(await server.get(location))).toEqual(execution(answer));
    const cancelled = execution(await server.post(`${location}/cancel`));
    expect(cancelled.state).toBe('cancelled');
    expect(execution(await server.post(`${location}/cancel`))).toEqual(cancelled);
  });

  describe('with a worker', () => {
    beforeAll(async () => {
      worker = await handWorker(server.sql);
      // Once the scheduler has placed one, it knows the worker, and what is new is placed at once.
      await run({ action: 'sample.echo' });
      await worker.finish(await worker.claim());
    });

    test('the view of a new one is that of the database', async () => {
      const created = execution(await run({ action: 'sample.echo', parameters: { count: 2 } }));
      const attempt = await worker.claim();
      await worker.finish(attempt);

      const shown = execution(await server.get(`/api/v1/executions/${created.id}`));
      expect(attempt).toEqual({ execution: created.id, epoch: 1 });
      const fresh = {
        state: 'scheduled',
        attempts: 0,
        worker: null,
        result: null,
        started: null,
        finished: null,
      };
      expect({ ...shown, ...fresh }).toEqual(created);
      expect(shown).toMatchObject({
        state: 'completed',
        attempts: 1,
        worker: { id: worker.registered.worker },
      });
    });

    test('who waits is answered when it has ended', async () => {
      const waiting = run({ action: 'sample.echo', wait: long });
      await worker.finish(await worker.claim());

      expect(execution(await waiting)).toMatchObject({ state: 'completed', result: { exit_code: 0 } });
    });

    test('who waits is answered when the time is over', async () => {
      const answer = await run({ action: 'sample.echo', wait: 0.01 });

      expect(['requested', 'scheduled']).toContain(execution(answer).state);
      await worker.finish(await worker.claim());
    });

    test('many wait for one, and who comes late waits not at all', async () => {
      const { id } = execution(await run({ action: 'sample.echo' }));
      const path = `/api/v1/executions/${id}?wait=${long}`;
      const waiting = Array.from({ length: 10 }, () => server.get(path));
      await worker.finish(await worker.claim());

      const states = (await Promise.all(waiting)).map((answer) => execution(answer).state);
      expect(new Set(states)).toEqual(new Set(['completed']));
      expect(execution(await server.get(path)).state).toBe('completed');
    });

    test('a hundred at once, each waiting for its own end', async () => {
      const all = Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          run({ action: 'sample.echo', parameters: { text: `number ${index}` }, wait: long }),
        ),
      );
      for (let left = 100; left > 0; left -= 1) {
        await worker.finish(await worker.claim());
      }

      const ended = (await all).map(execution);
      expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['completed']));
      expect(ended.map(({ parameters }) => parameters['text'])).toEqual(
        Array.from({ length: 100 }, (_, index) => `number ${index}`),
      );
      expect(new Set(ended.map(({ id }) => id)).size).toBe(100);
    });

    test('a running one becomes canceling until its worker has ended it', async () => {
      const { id } = execution(await run({ action: 'sample.echo' }));
      const attempt = await worker.claim();

      expect(execution(await server.post(`/api/v1/executions/${id}/cancel`)).state).toBe('canceling');
      await worker.finish(attempt);
    });

    test('secrets are sealed at rest and never shown', async () => {
      const parameters = { user: 'root', password: 'hunter2-hunter2' };
      const created = await run({ action: 'sample.login', parameters });
      const { id } = execution(created);
      const [row] = await server.sql<{ parameters: string; secret_parameters: string }[]>`
        SELECT parameters::text, secret_parameters FROM execution WHERE id = ${id}`;
      await worker.finish(await worker.claim());
      const answers = await Promise.all([
        server.get(`/api/v1/executions/${id}`),
        server.get('/api/v1/executions'),
      ]);

      expect(execution(created).parameters).toEqual({ user: 'root', password: '***' });
      for (const text of [
        created.text,
        row?.parameters,
        row?.secret_parameters,
        ...answers.map((answer) => answer.text),
      ]) {
        expect(text).not.toContain('hunter2');
      }
      expect(createSecretBox(encryptionKey).open(row?.secret_parameters ?? '')).toEqual({
        password: parameters.password,
      });
    });

    test('lists: the newest first, filtered, page by page', async () => {
      const { id } = execution(
        await run({ action: 'sample.login', parameters: { user: 'a', password: 'b' } }),
      );
      await worker.finish(await worker.claim());
      const list = pageOf(executionView);
      const first = list.parse((await server.get('/api/v1/executions?limit=2')).body);
      const second = list.parse(
        (await server.get(`/api/v1/executions?limit=2&cursor=${first.next_cursor}`)).body,
      );
      const logins = list.parse((await server.get('/api/v1/executions?action=sample.login')).body);
      const cancelled = list.parse((await server.get('/api/v1/executions?state=cancelled')).body);

      expect(first.items[0]?.id).toBe(id);
      const ids = [...first.items, ...second.items].map((item) => item.id);
      expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => other - one));
      expect(ids).toHaveLength(4);
      expect(logins.items.map(({ action }) => action)).toEqual(['sample.login', 'sample.login']);
      expect(cancelled.items.map(({ state }) => state)).toEqual(['cancelled']);
    });

    test('a changed action is used at once', async () => {
      await registerSample(server, 'changing');
      const before = await run({ action: 'changing.echo' });
      await server.sql`UPDATE action SET definition = jsonb_set(definition::jsonb, '{enabled}', 'false')::json
        WHERE ref = 'changing.echo' RETURNING pg_notify('attune_catalog', '')`;

      expect(before.status).toBe(201);
      await worker.finish(await worker.claim());
      await expect
        .poll(async () => (await run({ action: 'changing.echo' })).status, { timeout: 30_000 })
        .toBe(409);
    });
  });
});
