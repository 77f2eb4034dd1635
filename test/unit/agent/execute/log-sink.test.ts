import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createLogSink } from '../../../../src/agent/execute/log-sink.ts';
import type { Verdict } from '../../../../src/agent/link/link.ts';
import type { LogChunk } from '../../../../src/contract/outcome.ts';
import { AttuneError } from '../../../../src/shared/errors.ts';

const logger = pino({ level: 'silent' });
const attempt = { execution: 1, epoch: 1 };
const away = new AttuneError('database_unreachable', 'away', { retryable: true });
const chunk = (offset: number): LogChunk => ({
  stream: 'stdout',
  sequence: offset,
  offset,
  bytes: new Uint8Array([offset]),
});

/** A sink to a control plane that answers so, one answer a call, the last one for ever. */
function sinkTo(...answers: (Verdict | AttuneError)[]) {
  const calls: LogChunk[][] = [];
  const patience = new AbortController();
  let fences = 0;
  const sink = createLogSink({
    attempt,
    logger,
    link: {
      appendLogs: async (_, chunks) => {
        calls.push([...chunks]);
        const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 'accepted';
        if (answer instanceof AttuneError) throw answer;
        return answer;
      },
    },
    onFenced: () => (fences += 1),
    signals: [patience.signal],
  });
  return { ...sink, calls, patience, fences: () => fences };
}

describe('a log sink', () => {
  test('tries again until the chunks are stored', async () => {
    const { store, calls, unsent } = sinkTo(away, away, 'accepted');
    await store([chunk(0)]);
    expect(calls).toEqual([[chunk(0)], [chunk(0)], [chunk(0)]]);
    expect(unsent).toEqual([]);
  });

  test('keeps what it could not store when its patience ends, in order, without trying each', async () => {
    const { store, calls, unsent, patience } = sinkTo(away);
    const storing = store([chunk(0)]);
    patience.abort();
    await storing;
    const tries = calls.length;
    await store([chunk(1)]);
    await store([chunk(2)]);
    expect(unsent).toEqual([chunk(0), chunk(1), chunk(2)]);
    expect(calls).toHaveLength(tries);
  });

  test('stores what it can although its patience has ended', async () => {
    const { store, unsent, patience } = sinkTo('accepted');
    patience.abort();
    await store([chunk(0)]);
    expect(unsent).toEqual([]);
  });

  test('says once that the attempt is fenced off, and stores nothing more', async () => {
    const { store, calls, unsent, fences } = sinkTo('fenced');
    await store([chunk(0)]);
    await store([chunk(1)]);
    expect(fences()).toBe(1);
    expect(calls).toHaveLength(1);
    expect(unsent).toEqual([]);
  });

  test('drops what can never be stored', async () => {
    const { store, unsent } = sinkTo(new AttuneError('database_error', 'no'), 'accepted');
    await store([chunk(0)]);
    await store([chunk(1)]);
    expect(unsent).toEqual([]);
  });
});
