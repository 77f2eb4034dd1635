import { expect, test } from 'vitest';
import { definedElsewhere } from '../../../../src/agent/detect/defined-elsewhere.ts';
import { runtimeDefinition } from '../../../../src/contract/runtime.ts';

const definition = (name: string, more: object = {}) =>
  runtimeDefinition.parse({ ref: `acme.${name}`, name, ...more });
const verification = { commands: [{ binary: 'zig', args: ['version'] }] };

function look(one: ReturnType<typeof definition>, autoDetected = false) {
  return definedElsewhere([{ definition: one, autoDetected }])[0]?.distributions.verification;
}

test("Attune's own runtimes are looked for in our own way, whatever a pack says of them", () => {
  expect(definedElsewhere([{ definition: definition('Python3'), autoDetected: false }])).toEqual([]);
});

test('a definition is looked for in the way that it tells, whoever brought it', () => {
  const zig = definition('zig', { distributions: { verification } });
  for (const brought of [true, false]) expect(look(zig, brought)).toMatchObject(verification);
  const always = definition('made-up', { distributions: { verification: { always_available: true } } });
  expect(look(always)).toMatchObject({ always_available: true });
});

test('a pack that only names its interpreter means that', () => {
  const named = definition('zig', { execution_config: { interpreter: { binary: 'zigrun' } } });
  expect(look(named)?.commands).toMatchObject([{ binary: 'zigrun', args: ['--version'] }]);
  const inside = definition('zig', { execution_config: { interpreter: { binary: '{env_dir}/bin/zig' } } });
  expect(look(inside)).toBeUndefined();
  expect(look(definition('zig'))).toBeUndefined();
});

test("what another worker knows by its path alone, this one doesn't run", () => {
  const minimal = definition('custom', { execution_config: { interpreter: { binary: '/bin/custom' } } });
  expect(look(minimal, true)).toBeUndefined();
});
