import { expect, test } from 'vitest';
import { findTemplate, offeredRuntimes } from '../../../../src/agent/detect/offered.ts';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';
import type { DetectedRuntime } from '../../../../src/contract/capability.ts';
import { runtimeDefinition, type RuntimeDefinition } from '../../../../src/contract/runtime.ts';

const templates = runtimeTemplates;

function offered(runtimes: readonly DetectedRuntime[], more: readonly RuntimeDefinition[] = []) {
  return offeredRuntimes({ runtimes, templates: [...templates, ...more], ownTemplates: templates });
}

test('versions of one runtime are offered together, with its template', () => {
  const versions = [
    { name: 'python', version: '3.12.1', path: '/a' },
    { name: 'python', version: '3.11.2', path: '/b' },
  ];
  const [python, shell, ...others] = offered([...versions, { name: 'shell' }]);
  expect(python).toMatchObject({ name: 'python', detected: versions, template: { ref: 'core.python' } });
  expect(shell).toMatchObject({ name: 'shell', template: { ref: 'core.shell' } });
  expect(others).toEqual([]);
});

test('a runtime without a template gets a minimal one from its interpreter', () => {
  const [nim] = offered([{ name: 'nim', path: '/usr/bin/nim' }]);
  expect(nim?.template).toMatchObject({
    name: 'nim',
    execution_config: { interpreter: { binary: '/usr/bin/nim' } },
  });
});

test('what the control plane defines is offered without a definition: it may take it back', () => {
  const definition = runtimeDefinition.parse({ ref: 'acme.sole', name: 'Sole', aliases: ['solelang'] });
  expect(offered([{ name: 'sole', version: '1.0.0' }], [definition])).toEqual([
    { name: 'sole', detected: [{ name: 'sole', version: '1.0.0' }] },
  ]);
});

test('a template is found by any spelling', () => {
  expect(findTemplate(runtimeTemplates, 'NodeJS')?.ref).toBe('core.node');
  expect(findTemplate(runtimeTemplates, 'erlang')).toBeUndefined();
});
