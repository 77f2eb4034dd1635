import { expect, test } from 'vitest';
import { secretValues } from '../../../../../../src/agent/execute/output/masking/secret-values.ts';

test('texts and long whole numbers of secret parameters, however deep', () => {
  const parameters = {
    password: 'hunter2',
    pin: 123_456,
    login: { user: 'root', tokens: ['abc', 'abc', 'de'], short: 12, rate: 1234.5, on: true, none: null },
    open: 'not a secret',
  };
  expect(secretValues(parameters, ['password', 'pin', 'login', 'missing'])).toEqual([
    'hunter2',
    '123456',
    'root',
    'abc',
  ]);
});

test('blanks would hide every indentation', () => {
  expect(secretValues({ a: '     ', b: ' x ' }, ['a', 'b'])).toEqual([]);
});
