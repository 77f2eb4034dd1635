import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimExecutions } from '../../../src/store/executions/claim.ts';
import { finishExecution } from '../../../src/store/executions/finish.ts';
import { appendLogs, readLog } from '../../../src/store/executions/logs.ts';
import type { LogChunk } from '../../../src/contract/outcome.ts';
import type { Attempt, Registered } from '../../../src/contract/worker.ts';
import { requires } from '../../support/requires.ts';
import { storeDatabase, type StoreDatabase } from './support/database.ts';
import { chunk, newWorker, sampleOutcome, scheduledExecution, type OwnAttempt } from './support/samples.ts';

describe.skipIf(!requires('postgres'))('logs', () => {
  let database: StoreDatabase;
  let sql: StoreDatabase['sql'];
  let home: Registered;

  beforeAll(async () => {
    database = await storeDatabase();
    sql = database.sql;
    home = await newWorker(sql);
  });
  afterAll(() => database.drop());

  async function runningAttempt(): Promise<OwnAttempt> {
    const execution = await scheduledExecution(sql, home.pool);
    const attempt = { execution, epoch: 1, worker: home.worker };
    await claimExecutions(sql, home.worker, [attempt]);
    return attempt;
  }

  test('any bytes in any chunks are read back from any offset in any portions', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(500), fc.integer({ min: 1, max: 60 }), async (texts, from, limit) => {
        const attempt = await runningAttempt();
        const whole = Buffer.concat(texts);
        const half = Math.floor(texts.length / 2);
        const chunks = asChunks(texts);
        await appendLogs(sql, attempt, chunks.slice(0, half));
        await finishExecution(sql, attempt, sampleOutcome(), chunks.slice(half));

        const offset = from % (whole.length + 1);
        expect(await readWhole(attempt, offset, limit)).toEqual(whole.subarray(offset));
      }),
      { numRuns: 30 },
    );
  });

  async function readWhole({ execution }: Attempt, offset: number, limit: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let next = offset; ;) {
      const part = await readLog(sql, { execution, stream: 'stdout', offset: next, limit });
      if (part === undefined || part.pieces.length === 0) return Buffer.concat(parts);
      expect(part.pieces[0]?.offset).toBe(next);
      parts.push(...part.pieces.map(({ bytes }) => bytes));
      next = part.next;
    }
  }

  test('a part is no larger than asked for and the chunk that crosses the limit', async () => {
    const attempt = await runningAttempt();
    await appendLogs(sql, attempt, [chunk(0, 0, 'aaaa'), chunk(1, 4, 'bbbb'), chunk(2, 8, 'cccc')]);
    const part = await readLog(sql, { ...attempt, stream: 'stdout', offset: 0, limit: 5 });
    expect(part?.pieces.map(({ offset }) => offset)).toEqual([0, 4]);
    expect(part).toMatchObject({ next: 8, state: 'running', epoch: 1 });
  });

  test('a gap shows as an offset beyond the end of the piece before', async () => {
    const attempt = await runningAttempt();
    await appendLogs(sql, attempt, [chunk(0, 0, 'head'), chunk(1, 1000, 'tail')]);
    const part = await readLog(sql, { ...attempt, stream: 'stdout', offset: 2, limit: 100 });
    expect(part?.pieces.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()])).toEqual([
      [2, 'ad'],
      [1000, 'tail'],
    ]);
    const behind = await readLog(sql, { ...attempt, stream: 'stdout', offset: 500, limit: 100 });
    expect(behind?.pieces.map(({ offset }) => offset)).toEqual([1000]);
  });

  test('streams are kept apart, what is not there is empty, and an unknown execution is undefined', async () => {
    const attempt = await runningAttempt();
    await appendLogs(sql, attempt, [chunk(0, 0, 'out'), chunk(0, 0, 'error', 'stderr')]);
    const error = await readLog(sql, { ...attempt, stream: 'stderr', offset: 0, limit: 100 });
    expect(error?.next).toBe(5);
    expect(await readLog(sql, { ...attempt, stream: 'stdout', offset: 3, limit: 100 })).toMatchObject({
      pieces: [],
      next: 3,
    });
    expect(
      await readLog(sql, { ...attempt, epoch: 7, stream: 'stdout', offset: 0, limit: 100 }),
    ).toMatchObject({
      epoch: 7,
      pieces: [],
    });
    expect(await readLog(sql, { execution: 999_999, stream: 'stdout', offset: 0, limit: 1 })).toBeUndefined();
  });

  test('a large chunk survives', async () => {
    const attempt = await runningAttempt();
    const bytes = Buffer.alloc(3_000_000, 'Ä\u0000"\\{}');
    await appendLogs(sql, attempt, [{ stream: 'stdout', sequence: 0, offset: 0, bytes }]);
    const part = await readLog(sql, { ...attempt, stream: 'stdout', offset: 0, limit: 1 });
    expect(Buffer.compare(Buffer.from(part?.pieces[0]?.bytes ?? []), bytes)).toBe(0);
  });
});

function asChunks(texts: readonly Uint8Array[]): LogChunk[] {
  let offset = 0;
  return texts.map((bytes, sequence) => {
    const made = { stream: 'stdout', sequence, offset, bytes } as const;
    offset += bytes.length;
    return made;
  });
}
