import { resources, type Confinement, type Limit } from '../confinement.ts';
import type { JobSpecification } from '../process-host.ts';
import { encodeFrame } from './frames.ts';
import { MessageType } from './messages.ts';

/** Source of all numbers here: `struct start` in build/supervisor/protocol.h. */
const startSize = 88;
const limitSize = 24;
const asUser = 1;
const noNewPrivileges = 2;
/** Source: RLIM_INFINITY of asm-generic/resource.h. */
const unlimited = 0xff_ff_ff_ff_ff_ff_ff_ffn;
/** Added to the agent's own: where memory runs out, the kernel ends a job before the agent. */
const jobOomScore = 100;

/**
 * The frame that starts a job.
 * @param credit of each stream, in bytes
 */
export function encodeStart(slot: number, specification: JobSpecification, credit: number): Buffer {
  const { argv, confinement, environment, workingDirectory, stdin, record, outputLimit } = specification;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const texts = [workingDirectory, ...argv, ...variables].map((text) => `${text}\0`).join('');
  const fixed = Buffer.alloc(startSize);
  fixed.writeBigUInt64LE(toMilliseconds(specification.timeoutMilliseconds), 0);
  fixed.writeBigUInt64LE(toMilliseconds(specification.graceMilliseconds), 8);
  fixed.writeBigUInt64LE(BigInt(credit), 16);
  fixed.writeBigUInt64LE(BigInt(Math.ceil(outputLimit / 2)), 24);
  fixed.writeBigUInt64LE(BigInt(Math.floor(outputLimit / 2)), 32);
  writeConfinement(fixed, confinement);
  fixed.writeUInt32LE(argv.length, 72);
  fixed.writeUInt32LE(variables.length, 76);
  fixed.writeUInt32LE(stdin.length, 80);
  fixed.writeUInt32LE(record.length, 84);
  const limits = confinement.limits.map(encodeLimit);
  const groups = encodeGroups(confinement);
  return encodeFrame(MessageType.start, slot, fixed, ...limits, groups, stdin, record, Buffer.from(texts));
}

/** 0 is never: as good as what is longer than a century. */
function toMilliseconds(value: number): bigint {
  return value > 3e12 ? 0n : BigInt(Math.max(1, Math.ceil(value)));
}

function writeConfinement(fixed: Buffer, confinement: Confinement): void {
  const { umask, user, nice, limits } = confinement;
  fixed.writeUInt32LE(umask, 40);
  fixed.writeUInt32LE(
    (user === undefined ? 0 : asUser) | (confinement.noNewPrivileges ? noNewPrivileges : 0),
    44,
  );
  fixed.writeUInt32LE(user?.uid ?? 0, 48);
  fixed.writeUInt32LE(user?.gid ?? 0, 52);
  fixed.writeInt32LE(nice, 56);
  fixed.writeInt32LE(jobOomScore, 60);
  fixed.writeUInt32LE(limits.length, 64);
  fixed.writeUInt32LE(user?.groups.length ?? 0, 68);
}

function encodeLimit({ resource, soft, hard }: Limit): Buffer {
  const limit = Buffer.allocUnsafe(limitSize);
  [resources[resource], soft, hard].forEach((value, index) =>
    limit.writeBigUInt64LE(Number.isFinite(value) ? BigInt(value) : unlimited, index * 8),
  );
  return limit;
}

function encodeGroups({ user }: Confinement): Buffer {
  const groups = Buffer.allocUnsafe(4 * (user?.groups.length ?? 0));
  user?.groups.forEach((group, index) => groups.writeUInt32LE(group, index * 4));
  return groups;
}
