import { expect, test } from 'vitest';
import { takeVariables } from '../../../src/shared/take-variables.ts';

test('variables are taken as they were given, and only those stay that are meant for this program', () => {
  const meant = { NODE_EXTRA_CA_CERTS: '/ca', PATH: '/bin', ODE_PATH: 'not hidden', Ä: '' };
  const own = {
    ...meant,
    '\u000eODE_OPTIONS': '--bad',
    '\u0015V_THREADPOOL_SIZE': '',
    PGTARGETSESSIONATTRS: 'any',
    PGPASSWORD: 'of the container',
  };
  expect(takeVariables(own)).toEqual({
    ...meant,
    NODE_OPTIONS: '--bad',
    UV_THREADPOOL_SIZE: '',
    PGTARGETSESSIONATTRS: 'any',
    PGPASSWORD: 'of the container',
  });
  expect(own).toEqual(meant);
});
