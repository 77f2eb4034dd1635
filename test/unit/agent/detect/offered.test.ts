import { expect, test } from 'vitest';
import { findTemplate, offeredRuntimes } from '../../../../src/agent/detect/offered.ts';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';

test('versions of one runtime are offered together, with its template', () => {
  const versions = [
    { name: 'python', version: '3.12.1', path: '/a' },
    { name: 'python', version: '3.11.2', path: '/b' },
  ];
  const [python, shell, ...others] = offeredRuntimes([...versions, { name: 'shell' }], runtimeTemplates);
  expect(python).toMatchObject({ name: 'python', detected: versions, template: { ref: 'core.python' } });
  expect(shell).toMatchObject({ name: 'shell', template: { ref: 'core.shell' } });
  expect(others).toEqual([]);
});

test('a runtime without a template gets a minimal one from its interpreter', () => {
  const [nim] = offeredRuntimes([{ name: 'nim', path: '/usr/bin/nim' }], runtimeTemplates);
  expect(nim?.template).toMatchObject({
    name: 'nim',
    execution_config: { interpreter: { binary: '/usr/bin/nim' } },
  });
});

test('a template is found by any spelling', () => {
  expect(findTemplate(runtimeTemplates, 'NodeJS')?.ref).toBe('core.node');
  expect(findTemplate(runtimeTemplates, 'erlang')).toBeUndefined();
});
