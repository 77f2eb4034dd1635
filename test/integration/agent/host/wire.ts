import { encodeFrame } from '../../../../src/agent/host/supervised/frames.ts';
import { MessageType } from '../../../../src/agent/host/supervised/messages.ts';

/** Everything that a START can say, as build/supervisor/protocol.h has it; times in milliseconds, sizes in bytes. */
export interface StartFields {
  readonly argv: readonly string[];
  readonly variables: readonly string[];
  readonly directory: string;
  readonly deadline: number | bigint;
  readonly grace: number | bigint;
  /** Of each stream. */
  readonly credit: bigint;
  readonly head: bigint;
  readonly tail: bigint;
  readonly umask: number;
  readonly flags: number;
  readonly user: number;
  readonly group: number;
  readonly nice: number;
  readonly oomScore: number;
  readonly limits: readonly { readonly resource: number; readonly soft: bigint; readonly hard: bigint }[];
  readonly groups: readonly number[];
  readonly stdin: Uint8Array;
  readonly record: Uint8Array;
}

/** What a START says it holds; a liar says something else. */
export interface StartCounts {
  readonly limits: number;
  readonly groups: number;
  readonly arguments: number;
  readonly variables: number;
  readonly stdin: number;
  readonly record: number;
}

export const asUser = 1;
export const noNewPrivileges = 2;
/** As much as there is. */
export const unlimited = 2n ** 62n;

export const plainStart: StartFields = {
  argv: ['/bin/true'],
  variables: ['PATH=/usr/bin:/bin'],
  directory: '/',
  deadline: 60_000,
  grace: 100,
  credit: unlimited,
  head: 1n << 20n,
  tail: 1n << 20n,
  umask: 0o22,
  flags: 0,
  user: 0,
  group: 0,
  nice: 0,
  oomScore: 0,
  limits: [],
  groups: [],
  stdin: new Uint8Array(),
  record: new Uint8Array(),
};

/** The frame that starts a job. It says what it holds, but for the counts that are given. */
export function startFrame(
  slot: number,
  changes: Partial<StartFields> = {},
  lies: Partial<StartCounts> = {},
): Buffer {
  const fields = { ...plainStart, ...changes };
  const texts = [fields.directory, ...fields.argv, ...fields.variables].map((text) => `${text}\0`).join('');
  return encodeFrame(
    MessageType.start,
    slot,
    fixedPart(fields, { ...countsOf(fields), ...lies }),
    ...fields.limits.map(({ resource, soft, hard }) => longs(BigInt(resource), soft, hard)),
    integers(...fields.groups),
    fields.stdin,
    fields.record,
    Buffer.from(texts),
  );
}

function countsOf(fields: StartFields): StartCounts {
  return {
    limits: fields.limits.length,
    groups: fields.groups.length,
    arguments: fields.argv.length,
    variables: fields.variables.length,
    stdin: fields.stdin.length,
    record: fields.record.length,
  };
}

function fixedPart(fields: StartFields, counts: StartCounts): Buffer {
  const { deadline, grace, credit, head, tail, umask, flags, user, group, nice, oomScore } = fields;
  return Buffer.concat([
    longs(BigInt(deadline), BigInt(grace), credit, head, tail),
    integers(umask, flags, user, group, nice, oomScore, counts.limits, counts.groups),
    integers(counts.arguments, counts.variables, counts.stdin, counts.record),
  ]);
}

function longs(...values: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt.asUintN(64, value), index * 8);
  return bytes;
}

function integers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

export function creditFrame(slot: number, stream: number, bytes: number): Buffer {
  return encodeFrame(MessageType.credit, slot, integers(stream, bytes));
}

export function endFrame(slot: number, cause: number): Buffer {
  return encodeFrame(MessageType.end, slot, integers(cause));
}
