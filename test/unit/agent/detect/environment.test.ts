import { expect, test } from 'vitest';
import { containerEnvironment } from '../../../../src/agent/detect/environment.ts';

test('nothing of the agent itself is handed on', () => {
  const environment = {
    PATH: '/bin',
    ATTUNE__DATABASE__URL: 'postgres://secret',
    ATTUNE_WORKER_NAME: 'one',
    ATTUNEMENT: 'the image has it',
    GONE: undefined,
  };
  expect(containerEnvironment(environment)).toEqual({ PATH: '/bin', ATTUNEMENT: 'the image has it' });
});
