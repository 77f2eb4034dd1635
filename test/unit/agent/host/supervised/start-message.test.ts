import { expect, test } from 'vitest';
import type { Confinement } from '../../../../../src/agent/host/confinement.ts';
import { encodeStart } from '../../../../../src/agent/host/supervised/start-message.ts';

const plain: Confinement = { umask: 0o022, user: undefined, nice: 0, limits: [], noNewPrivileges: false };

/** The START for a job, cut as `struct start` in build/supervisor/protocol.h cuts it. */
function started(confinement: Confinement) {
  const frame = encodeStart(
    7,
    {
      argv: ['/bin/echo', 'é'],
      environment: { A: 'b' },
      workingDirectory: '/w',
      stdin: Buffer.from('in'),
      timeoutMilliseconds: 1000,
      graceMilliseconds: 10,
      outputLimit: 5,
      record: Buffer.from('record'),
      confinement,
    },
    99,
  );
  expect(frame.readUInt32LE(0)).toBe(frame.length - 8);
  const payload = frame.subarray(8);
  const word = (at: number) => payload.readUInt32LE(at);
  const [limits, groups] = [word(64), word(68)];
  const [afterLimits, afterGroups] = [88 + limits * 24, 88 + limits * 24 + groups * 4];
  return {
    times: [0, 8, 16, 24, 32].map((at) => Number(payload.readBigUInt64LE(at))),
    mask: word(40),
    flags: word(44),
    user: word(48),
    group: word(52),
    nice: payload.readInt32LE(56),
    oomScore: payload.readInt32LE(60),
    limits: Array.from({ length: limits * 3 }, (_, index) => payload.readBigUInt64LE(88 + index * 8)),
    groups: Array.from({ length: groups }, (_, index) => word(afterLimits + index * 4)),
    counts: [72, 76, 80, 84].map(word),
    rest: payload.subarray(afterGroups).toString(),
  };
}

const same = {
  times: [1000, 10, 99, 3, 2],
  oomScore: 100,
  counts: [2, 1, 2, 6],
  rest: 'inrecord/w\0/bin/echo\0é\0A=b\0',
};

test('a job like the agent', () => {
  const none = { flags: 0, user: 0, group: 0, nice: 0, limits: [], groups: [] };
  expect(started(plain)).toEqual({ ...same, ...none, mask: 0o022 });
});

test('a job that is confined in every way', () => {
  const confinement: Confinement = {
    umask: 0o077,
    user: { uid: 4_294_967_294, gid: 1001, groups: [27, 4_000_000_000] },
    nice: -5,
    limits: [
      { resource: 'nofile', soft: 1024, hard: 4096 },
      { resource: 'as', soft: 2 ** 52, hard: Number.POSITIVE_INFINITY },
    ],
    noNewPrivileges: true,
  };
  expect(started(confinement)).toEqual({
    ...same,
    mask: 0o077,
    flags: 3,
    user: 4_294_967_294,
    group: 1001,
    nice: -5,
    limits: [7n, 1024n, 4096n, 9n, 2n ** 52n, 2n ** 64n - 1n],
    groups: [27, 4_000_000_000],
  });
});

test('who gains no rights need not be another user, and the other way round', () => {
  expect(started({ ...plain, noNewPrivileges: true })).toMatchObject({ flags: 2, user: 0 });
  const user = { uid: 1000, gid: 1000, groups: [] };
  expect(started({ ...plain, user })).toMatchObject({ flags: 1, user: 1000, group: 1000, groups: [] });
});
