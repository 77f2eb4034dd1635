import { expect, test } from 'vitest';
import { runtimeDefinition } from '../../../src/contract/runtime.ts';

test('a version without quotes is refused with the reason', () => {
  const { error } = runtimeDefinition.safeParse({ ref: 'a.b', name: 'b', versions: [{ version: 3.1 }] });
  expect(error?.issues[0]?.message).toContain('put the version in quotes');
});

test('a pattern that is no regular expression is refused', () => {
  const commands = [{ binary: 'x', pattern: '(' }];
  const { error } = runtimeDefinition.safeParse({
    ref: 'a.b',
    name: 'b',
    distributions: { verification: { commands } },
  });
  expect(error?.issues[0]?.path).toEqual(['distributions', 'verification', 'commands', 0, 'pattern']);
});

test("Attune's own further fields are kept", () => {
  const definition = runtimeDefinition.parse({
    ref: 'core.x',
    name: 'X',
    distributions: { min_version: '1.0', verification: { check_required: false } },
    execution_config: { interpreter: { binary: 'x' }, inline_execution: { strategy: 'temp_file' } },
  });
  expect(definition).toMatchObject({
    distributions: { min_version: '1.0' },
    execution_config: { inline_execution: { strategy: 'temp_file' } },
  });
});
