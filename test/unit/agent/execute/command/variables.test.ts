import { expect, test } from 'vitest';
import { applyVariables } from '../../../../../src/agent/execute/command/variables.ts';

const placeholders = { pack_dir: '/p', env_dir: undefined };

test('sets, prepends and appends', () => {
  const variables = {
    MODE: 'fast',
    LIB: { operation: 'prepend' as const, value: '{pack_dir}/lib', separator: ':' },
    PATH: { operation: 'append' as const, value: '{pack_dir}/bin', separator: ':' },
    FLAGS: { operation: 'append' as const, value: '-x', separator: ' ' },
  };
  const environment = { MODE: 'slow', LIB: '/lib', FLAGS: '-a', HOME: '/root' };
  expect(applyVariables(environment, variables, placeholders)).toEqual({
    MODE: 'fast',
    LIB: '/p/lib:/lib',
    PATH: '/p/bin',
    FLAGS: '-a -x',
    HOME: '/root',
  });
  expect(environment.MODE).toBe('slow');
});

test('a variable that needs an environment which is not there is left alone', () => {
  const variables = { GEM_HOME: '{env_dir}/gems' };
  expect(applyVariables({ GEM_HOME: '/usr/local/bundle' }, variables, placeholders)).toEqual({
    GEM_HOME: '/usr/local/bundle',
  });
});

test('several things are done to one variable in their order', () => {
  const prepend = { operation: 'prepend' as const, separator: ':' };
  const variables = {
    CLASSPATH: [
      { ...prepend, value: '{env_dir}/lib/*' },
      { ...prepend, value: '{pack_dir}/lib/*' },
      { ...prepend, value: '{pack_dir}/classes' },
    ],
  };
  expect(applyVariables({ CLASSPATH: '/jars' }, variables, placeholders)).toEqual({
    CLASSPATH: '/p/classes:/p/lib/*:/jars',
  });
});
