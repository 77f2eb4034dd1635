import { expect, test } from 'vitest';
import { countCpuList } from '../../../../../src/agent/detect/container/cpus.ts';

test.each([
  ['0-1', 2],
  ['0', 1],
  ['0-3,8,10-11', 7],
  ['', undefined],
  ['all', undefined],
])('the CPU list %j names %s', (list, count) => {
  expect(countCpuList(list)).toBe(count);
});
