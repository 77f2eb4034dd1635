import { createServer, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { ProcessHost } from '../../../../src/agent/host/process-host.ts';
import { encodeFrame, FrameDecoder } from '../../../../src/agent/host/supervised/frames.ts';
import { MessageType, protocolVersion } from '../../../../src/agent/host/supervised/messages.ts';
import { openSupervisedProcessHost } from '../../../../src/agent/host/supervised/supervised-process-host.ts';
import { folderWith } from '../../../support/folder.ts';
import { unconfined } from './hostile.ts';
import { noHurry } from './supervised.ts';

/** A host whose supervisor is played by the test, which says this first. */
async function hostThatHears(...frames: readonly Buffer[]): Promise<{ host: ProcessHost; other: Socket }> {
  const path = join(folderWith({}), 'socket');
  const server = createServer().listen(path);
  const connected = new Promise<Socket>((resolve) => void server.once('connection', resolve));
  const socket = connect(path);
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const other = await connected;
  other.write(Buffer.concat(frames));
  return { host: await openSupervisedProcessHost(socket, noHurry), other };
}

function greeting(jobs: number, note = ''): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt32LE(protocolVersion, 0);
  fixed.writeUInt32LE(jobs, 4);
  return encodeFrame(MessageType.greeting, 0, fixed, Buffer.from(note));
}

function handed(slot: number, pid: number, record: string): Buffer {
  const fixed = Buffer.alloc(12);
  fixed.writeUInt32LE(pid, 0);
  fixed.writeBigUInt64LE(BigInt(record.length), 4);
  return encodeFrame(MessageType.handed, slot, fixed);
}

function output(slot: number, stream: number, bytes: string): Buffer {
  const fixed = Buffer.alloc(12);
  fixed.writeUInt32LE(stream, 8);
  return encodeFrame(MessageType.output, slot, fixed, Buffer.from(bytes));
}

test('a job that ended silently while there was no agent still tells its end to who adopts it later', async () => {
  const report = encodeFrame(MessageType.exited, 3, Buffer.alloc(68));
  const { host } = await hostThatHears(
    greeting(1, 'note'),
    handed(3, 42, 'record'),
    output(3, 2, 'record'),
    report,
  );
  await tick();
  expect(Buffer.from(host.inheritance.note).toString()).toBe('note');
  const [inherited] = host.inheritance.jobs;
  expect(Buffer.from(inherited?.record ?? []).toString()).toBe('record');
  const job = inherited?.adopt(() => undefined);
  expect(await job?.exited).toMatchObject({ exitCode: 0, cause: 'exited' });
});

test('new jobs take no slot of an inherited one until that is released', async () => {
  const jobs = [0, 2].map((slot) => [
    handed(slot, 42, ''),
    encodeFrame(MessageType.exited, slot, Buffer.alloc(68)),
  ]);
  const { host, other } = await hostThatHears(greeting(2), ...jobs.flat());
  const slots: number[] = [];
  const decoder = new FrameDecoder();
  other.on('data', (chunk: Buffer) => {
    for (const { type, slot } of decoder.push(chunk)) if (type === MessageType.start) slots.push(slot);
  });
  const specification = {
    argv: ['/bin/true'] as const,
    environment: {},
    workingDirectory: '/',
    stdin: new Uint8Array(),
    timeoutMilliseconds: 1000,
    graceMilliseconds: 0,
    outputLimit: 1024,
    record: new Uint8Array(),
    confinement: unconfined,
  };
  const start = () => void host.start(specification, () => undefined).catch(() => undefined);
  start();
  start();
  await expect.poll(() => slots.toSorted((one, another) => one - another)).toEqual([1, 3]);
  const first = host.inheritance.jobs[0]?.adopt(() => undefined);
  await first?.exited;
  first?.release();
  start();
  await expect.poll(() => slots).toHaveLength(3);
  expect(slots).toContain(0);
});
