import { expect, test } from 'vitest';
import { parameterVariables } from '../../../../../src/agent/execute/parameters/parameter-variables.ts';

test('names in upper case, strings as they are, all else as JSON', () => {
  expect(parameterVariables({ 'db.host-name': 'a b', n: 1, t: false, o: { x: [1] }, z: null })).toEqual({
    ATTUNE_PARAM_DB_HOST_NAME: 'a b',
    ATTUNE_PARAM_N: '1',
    ATTUNE_PARAM_T: 'false',
    ATTUNE_PARAM_O: '{"x":[1]}',
    ATTUNE_PARAM_Z: '',
  });
});

test.for([
  ['two that become one', { 'a-b': 1, a_b: 2 }, /"a_b" becomes the same variable ATTUNE_PARAM_A_B as "a-b"/],
  ['a NUL', { a: 'x\0' }, /"a" holds a NUL/],
  ['what the system would refuse', { a: 'x'.repeat(131_072) }, /"a" is larger than 128 KiB/],
] as const)('refuses %s', ([, parameters, message]) => {
  expect(() => parameterVariables(parameters)).toThrow(message);
});
