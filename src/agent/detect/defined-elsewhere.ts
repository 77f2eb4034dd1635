import { isBuiltInRuntime } from '../../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../../contract/runtime.ts';
import type { KnownRuntime } from '../../contract/worker.ts';
import { anyVersion } from './version.ts';

/** Runtimes that are not Attune's own and that can be looked for, as templates. */
export function definedElsewhere(known: readonly KnownRuntime[]): RuntimeDefinition[] {
  return known.flatMap(({ definition, autoDetected }) => {
    if (isBuiltInRuntime(definition.name)) return [];
    const { always_available: always, commands } = definition.distributions.verification ?? { commands: [] };
    if (always === true || commands.length > 0) return [definition];
    // Without a probe of its own another worker's word says nothing about this container.
    return autoDetected ? [] : askingTheInterpreter(definition);
  });
}

/** A pack that only names an interpreter: it is there if it tells a version, as most do. */
function askingTheInterpreter(definition: RuntimeDefinition): RuntimeDefinition[] {
  const binary = definition.execution_config.interpreter?.binary;
  if (binary === undefined || binary.includes('{')) return [];
  const command = { binary, args: ['--version'], exit_code: 0, pattern: anyVersion, priority: 0 };
  const verification = { always_available: false, commands: [command] };
  return [{ ...definition, distributions: { ...definition.distributions, verification } }];
}
