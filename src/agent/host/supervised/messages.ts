import { constants } from 'node:os';
import type { LogStream } from '../../../contract/outcome.ts';
import { spawnSteps, type SpawnFailure } from '../explain-spawn-error.ts';
import type { EndCause, JobExit, LostOutput } from '../process-host.ts';
import { encodeFrame } from './frames.ts';

/** Source of all numbers here: build/supervisor/protocol.h, which explains them. */
export const protocolVersion = 2;
export const MessageType = {
  hello: 1,
  note: 2,
  ping: 3,
  start: 4,
  credit: 5,
  end: 6,
  kill: 7,
  release: 8,
  goodbye: 9,
  greeting: 16,
  handed: 17,
  started: 18,
  refused: 19,
  output: 20,
  exited: 21,
} as const;
const maxNoteSize = 4096;

const causes = ['exited', 'timeout', 'cancelled', 'shutdown', 'fenced'] as const satisfies EndCause[];
const streams = ['stdout', 'stderr', 'record'] as const satisfies (LogStream | 'record')[];
const losses = ['nothing', 'leaked', 'no_memory'] as const satisfies LostOutput[];

/** For how long the supervisor bears with its agent. */
export interface Patience {
  /** Of silence, after which the agent is killed and replaced; 0: for ever. */
  readonly silenceMilliseconds: number;
  /** From the first demand to stop until all is killed; 0: for ever. */
  readonly stopMilliseconds: number;
}

export function encodeHello({ silenceMilliseconds, stopMilliseconds }: Patience): Buffer {
  const payload = Buffer.allocUnsafe(16);
  payload.writeUInt32LE(protocolVersion, 0);
  payload.writeUInt32LE(Math.min(silenceMilliseconds, 0xff_ff_ff_ff), 4);
  payload.writeBigUInt64LE(BigInt(stopMilliseconds), 8);
  return encodeFrame(MessageType.hello, 0, payload);
}

/** What the next agent finds in its greeting. */
export function encodeNote(note: Uint8Array): Buffer {
  if (note.length > maxNoteSize) throw new RangeError(`a note of ${note.length} bytes`);
  return encodeFrame(MessageType.note, 0, note);
}

export function encodeCredit(slot: number, stream: LogStream, bytes: number): Buffer {
  const payload = Buffer.allocUnsafe(8);
  payload.writeUInt32LE(streams.indexOf(stream), 0);
  payload.writeUInt32LE(bytes, 4);
  return encodeFrame(MessageType.credit, slot, payload);
}

export function encodeEnd(slot: number, cause: EndCause): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32LE(causes.indexOf(cause), 0);
  return encodeFrame(MessageType.end, slot, payload);
}

/** `jobs`: how many of them follow as HANDED. */
export function decodeGreeting(payload: Buffer) {
  return { version: payload.readUInt32LE(0), jobs: payload.readUInt32LE(4), note: payload.subarray(8) };
}

/** `recordSize` in bytes. */
export function decodeHanded(payload: Buffer) {
  return { pid: payload.readUInt32LE(0), recordSize: Number(payload.readBigUInt64LE(4)) };
}

export function decodeOutput(payload: Buffer) {
  const offset = Number(payload.readBigUInt64LE(0));
  const stream = streams[payload.readUInt32LE(8)] ?? 'record';
  return { stream, offset, bytes: payload.subarray(12) };
}

/** The system's number of the error, and at which step of the start it came. */
export function decodeRefusal(payload: Buffer): Pick<SpawnFailure, 'step'> & { readonly errno: number } {
  return { errno: payload.readUInt32LE(0), step: spawnSteps[payload.readUInt32LE(4)] ?? 'frame' };
}

export function decodeReport(payload: Buffer): JobExit {
  const status = payload.readUInt32LE(48);
  const signal = status & 0x7f;
  return {
    exitCode: signal === 0 ? (status >> 8) & 0xff : null,
    signal: signal === 0 ? null : signalName(signal),
    cause: causes[payload.readUInt32LE(52)] ?? 'exited',
    durationMilliseconds: microseconds(payload, 0) / 1000,
    cpuMilliseconds: (microseconds(payload, 8) + microseconds(payload, 16)) / 1000,
    peakMemoryBytes: Number(payload.readBigUInt64LE(24)),
    strays: payload.readUInt32LE(56),
    survivors: payload.readUInt32LE(60),
    lostOutput: losses[payload.readUInt32LE(64)] ?? 'nothing',
  };
}

function microseconds(payload: Buffer, at: number): number {
  return Number(payload.readBigUInt64LE(at));
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}
