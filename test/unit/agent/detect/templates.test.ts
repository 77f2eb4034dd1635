import { expect, test } from 'vitest';
import { readRuntimeFiles } from '../../../../build/embed-runtimes.ts';
import { runtimeTemplates } from '../../../../src/agent/detect/templates.ts';
import { aliasesOf } from '../../../../src/contract/runtime-names.ts';

test('the embedded templates are those of runtimes/*.yaml (else: node build/embed-runtimes.ts)', () => {
  expect(runtimeTemplates).toEqual(readRuntimeFiles());
});

test('a template lists the aliases that its name has everywhere', () => {
  for (const { name, aliases } of runtimeTemplates) expect([name, ...aliases]).toEqual(aliasesOf(name));
});
