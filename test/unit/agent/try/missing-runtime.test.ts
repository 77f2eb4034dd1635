import { expect, test } from 'vitest';
import { missingRuntime } from '../../../../src/agent/try/missing-runtime.ts';
import { actionDefinition } from '../../../../src/contract/action.ts';
import { runtimeDefinition } from '../../../../src/contract/runtime.ts';

const detected = [
  { name: 'shell' },
  { name: 'python', version: '3.11.2' },
  { name: 'moon', version: '2.0.0' },
];
const runtimes = [runtimeDefinition.parse({ ref: 'demo.moon', name: 'moon', aliases: ['luna'] })];

test.each([
  [{ runner_type: 'python3', runtime_version: '>=3.10' }, undefined],
  [{ runner_type: 'native' }, undefined],
  [{ runner_type: 'luna' }, undefined],
  [{ required_worker_runtimes: { python: '*', shell: '*' } }, undefined],
  [{ runner_type: 'ruby' }, 'needs ruby, which this machine does not have'],
  [{ runner_type: 'python', runtime_version: '>=3.12' }, 'needs python >=3.12; this machine has 3.11.2'],
  [{ required_worker_runtimes: { luna: '<2' } }, 'needs moon <2; this machine has 2.0.0'],
])('%j: %s', (fields, expected) => {
  const action = actionDefinition.parse({ ref: 'demo.x', entry_point: 'x', ...fields });
  expect(missingRuntime(action, { runtimes }, detected)).toBe(expected);
});
