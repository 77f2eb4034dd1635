import { expect, test } from 'vitest';
import { newSocketName, parseSocketNames } from '../../../../src/agent/health/socket-names.ts';

const table = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 29434 @attune-agent/4026/aa
0000000000000000: 00000003 00000000 00000000 0001 03 29435 @attune-agent/4026/aa
0000000000000000: 00000003 00000000 00000000 0001 03 29436
0000000000000000: 00000002 00000000 00010000 0001 01 29437 @attune-agent/40261/bb
0000000000000000: 00000002 00000000 00010000 0001 01 29438 /run/attune-agent/4026/cc
0000000000000000: 00000002 00000000 00010000 0001 01 29439 @attune-agent/4026/dd
`;

test('the sockets of the agents of one container are found, each once', () => {
  expect(parseSocketNames(table, 'attune-agent/4026/')).toEqual([
    '\0attune-agent/4026/aa',
    '\0attune-agent/4026/dd',
  ]);
});

test('every agent has a name of its own', () => {
  expect(newSocketName()).not.toBe(newSocketName());
});
