import type { ActionDefinition } from '../../contract/action.ts';
import type { Assignment } from '../../contract/assignment.ts';
import { secretNames, type JsonObject } from '../../contract/parameter-schema.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import { compileParameters } from '../../packs/parameters/validator.ts';
import { AttuneError } from '../../shared/errors.ts';
import type { LocalPack } from '../../packs/open-pack.ts';

/** An assignment that nobody has numbered yet. */
export type LocalAssignment = Omit<Assignment, 'execution' | 'epoch'>;

/**
 * Makes of an action and its parameters what the control plane would hand out: checked, with defaults.
 * @throws AttuneError `invalid_parameters` with every problem
 */
export function assign(pack: LocalPack, action: ActionDefinition, given: JsonObject): LocalAssignment {
  const parameters = structuredClone(given);
  const violations = compileParameters(action.parameters)(parameters);
  if (violations.length > 0) {
    const summary = violations.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new AttuneError(
      'invalid_parameters',
      `"${action.ref}" can't run with these parameters: ${summary}`,
      {
        violations,
      },
    );
  }
  return {
    action,
    pack: { ref: pack.definition.ref, digest: unregistered },
    runtime: findRuntime(pack.runtimes, action.runner_type) ?? null,
    parameters,
    secrets: secretNames(action.parameters),
    timeout: action.timeout,
  };
}

/** Stands for the digest of files that may change at any time. */
const unregistered = 'unregistered';

/** A runtime that a pack brings, by its name or an alias. */
export function findRuntime(
  runtimes: readonly RuntimeDefinition[],
  name: string,
): RuntimeDefinition | undefined {
  const wanted = canonicalRuntime(name);
  return runtimes.find((runtime) =>
    [runtime.name, ...runtime.aliases].map(canonicalRuntime).includes(wanted),
  );
}
