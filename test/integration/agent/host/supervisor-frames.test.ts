import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../../../src/agent/host/supervised/frames.ts';
import { MessageType } from '../../../../src/agent/host/supervised/messages.ts';
import { encodeStart } from '../../../../src/agent/host/supervised/start-message.ts';
import { unconfined } from './hostile.ts';
import { startRawSupervisor } from './supervised.ts';

const sleeper = {
  argv: ['/bin/sleep', '60'],
  environment: {},
  workingDirectory: '/',
  stdin: new Uint8Array(),
  timeoutMilliseconds: 60_000,
  graceMilliseconds: 0,
  outputLimit: 1024,
  record: new Uint8Array(),
  confinement: unconfined,
} as const;

const message = fc.record({
  type: fc.integer({ min: 1, max: 9 }),
  slot: fc.nat(1023),
  payload: fc.uint8Array({ maxLength: 200 }),
});
/** A START that is right but for some bytes. */
const nearly = fc
  .tuple(fc.nat(3), fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { minLength: 1, maxLength: 4 }))
  .map(([slot, changes]) => {
    const bytes = encodeStart(slot, sleeper, 1000);
    for (const [at, value] of changes) if (at + 8 < bytes.length) bytes[at + 8] = value;
    return bytes;
  });

test('frames without sense start nothing, break nothing, and leave nothing', async () => {
  const frames = message.map(({ type, slot, payload }) => encodeFrame(type, slot, payload));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(frames, nearly), { maxLength: 40 }), async (conversation) => {
      const { socket, exited } = startRawSupervisor();
      socket.resume();
      socket.write(Buffer.concat(conversation));
      socket.end();
      expect(await exited).toEqual([0, null]);
    }),
    { numRuns: 60 },
  );
});

test('bytes that are no frames end the conversation', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 5000 }), async (bytes) => {
      const { socket, exited } = startRawSupervisor();
      socket.resume();
      socket.on('error', () => undefined);
      // A type that there is none of, and whatever comes then.
      socket.write(Buffer.concat([encodeFrame(99, 0), bytes]));
      expect(await exited).toEqual([0, null]);
    }),
    { numRuns: 40 },
  );
});

test('an agent that does not listen stops no clock, and loses nothing that is kept', async () => {
  const { socket, exited } = startRawSupervisor();
  const loud = { ...sleeper, argv: ['/bin/cat', '/dev/zero'], timeoutMilliseconds: 300 } as const;
  for (let slot = 0; slot < 20; slot += 1) socket.write(encodeStart(slot, loud, 1e9));
  await delay(1000);
  expect(await reports(socket, 20)).toBe(20);
  socket.end();
  expect(await exited).toEqual([0, null]);
});

/** Reads until so many jobs have ended. */
async function reports(socket: Socket, count: number): Promise<number> {
  const decoder = new FrameDecoder();
  let seen = 0;
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on('data', (chunk: Buffer) => {
    seen += decoder.push(chunk).filter(({ type }) => type === MessageType.exited).length;
    if (seen === count) resolve(seen);
  });
  return promise;
}
