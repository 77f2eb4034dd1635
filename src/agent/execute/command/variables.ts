import type { ExecutionConfig } from '../../../contract/runtime.ts';
import { fillPlaceholders, type Placeholders } from './placeholders.ts';

/**
 * Applies a runtime's `env_vars`: each sets a variable, or puts text before or after the one that is there. A variable
 * that names something that is not there is left alone.
 */
export function applyVariables(
  environment: Readonly<Record<string, string>>,
  variables: ExecutionConfig['env_vars'],
  placeholders: Placeholders,
): Record<string, string> {
  const applied = { ...environment };
  for (const [name, definition] of Object.entries(variables)) {
    for (const { operation, value, separator } of operationsOf(definition)) {
      const filled = fillPlaceholders(value, placeholders);
      if (filled === undefined) continue;
      const present = operation === 'set' ? '' : (applied[name] ?? '');
      const parts = operation === 'append' ? [present, filled] : [filled, present];
      applied[name] = parts.filter((part) => part !== '').join(separator);
    }
  }
  return applied;
}

function operationsOf(definition: ExecutionConfig['env_vars'][string]) {
  if (typeof definition === 'string')
    return [{ operation: 'set', value: definition, separator: '' }] as const;
  return Array.isArray(definition) ? definition : [definition];
}
