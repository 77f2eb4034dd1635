import { constants } from 'node:os';
import type { LogStream } from '../../../contract/outcome.ts';
import type { EndCause, JobExit, JobSpecification } from '../process-host.ts';
import { encodeFrame } from './frames.ts';

/** Source of all numbers here: build/supervisor/protocol.h, which explains them. */
export const protocolVersion = 1;
export const MessageType = {
  stdin: 1,
  start: 2,
  credit: 3,
  end: 4,
  kill: 5,
  hello: 16,
  started: 17,
  refused: 18,
  output: 19,
  exited: 20,
} as const;

const causes = ['exited', 'timeout', 'cancelled', 'shutdown', 'fenced'] as const satisfies EndCause[];
const streams = ['stdout', 'stderr'] as const satisfies LogStream[];
const steps = ['frame', 'pipes', 'clone', 'limits', 'priority', 'user', 'directory', 'program'] as const;

/** In one frame, so that the supervisor needs little memory for it. */
const stdinPiece = 64 * 1024;
const startSize = 60;
/** What jobs start with, whatever the agent was started with. */
const jobUmask = 0o022;
/** Added to the agent's own: where memory runs out, the kernel ends a job before the agent. */
const jobOomScore = 100;

/** The frames that start a job: its stdin, then everything else. */
export function encodeStart(slot: number, specification: JobSpecification, credit: number): Buffer[] {
  const { argv, environment, workingDirectory } = specification;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const texts = [workingDirectory, ...argv, ...variables].map((text) => `${text}\0`).join('');
  const fixed = Buffer.alloc(startSize);
  fixed.writeBigUInt64LE(toMilliseconds(specification.timeoutMilliseconds), 0);
  fixed.writeBigUInt64LE(toMilliseconds(specification.graceMilliseconds), 8);
  fixed.writeBigUInt64LE(BigInt(credit), 16);
  fixed.writeUInt32LE(jobUmask, 24);
  fixed.writeInt32LE(jobOomScore, 44);
  fixed.writeUInt32LE(argv.length, 52);
  fixed.writeUInt32LE(variables.length, 56);
  const start = encodeFrame(MessageType.start, slot, fixed, Buffer.from(texts));
  return [...encodeStdin(slot, specification.stdin), start];
}

function encodeStdin(slot: number, stdin: Uint8Array): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < stdin.length; at += stdinPiece) {
    frames.push(encodeFrame(MessageType.stdin, slot, stdin.subarray(at, at + stdinPiece)));
  }
  return frames;
}

/** 0 is never: as good as what is longer than a century. */
function toMilliseconds(value: number): bigint {
  return value > 3e12 ? 0n : BigInt(Math.max(1, Math.ceil(value)));
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

export function encodeKill(slot: number): Buffer {
  return encodeFrame(MessageType.kill, slot);
}

export function decodeOutput(payload: Buffer): { readonly stream: LogStream; readonly bytes: Buffer } {
  const stream = payload.readUInt32LE(8) === 0 ? 'stdout' : 'stderr';
  return { stream, bytes: payload.subarray(12) };
}

/** The system's number of the error, and at which step of the start it came. */
export function decodeRefusal(payload: Buffer): { readonly errno: number; readonly step: string } {
  return { errno: payload.readUInt32LE(0), step: steps[payload.readUInt32LE(4)] ?? 'frame' };
}

export function decodeReport(payload: Buffer): JobExit {
  const status = payload.readUInt32LE(48);
  const signal = status & 0x7f;
  return {
    exitCode: signal === 0 ? (status >> 8) & 0xff : null,
    signal: signal === 0 ? null : signalName(signal),
    cause: causes[payload.readUInt32LE(52)] ?? 'exited',
    durationMilliseconds: Number(payload.readBigUInt64LE(0)) / 1000,
    peakMemoryBytes: Number(payload.readBigUInt64LE(24)),
    strays: payload.readUInt32LE(56),
    leakedPipe: payload.readUInt32LE(64) === 1,
  };
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}
