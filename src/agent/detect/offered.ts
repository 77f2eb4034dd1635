import { runtimeDefinition, type RuntimeDefinition } from '../../contract/runtime.ts';
import { aliasesIn, resolveRuntime } from '../../contract/runtime-aliases.ts';
import { canonicalRuntime } from '../../contract/runtime-names.ts';
import type { OfferedRuntime } from '../../contract/worker.ts';
import type { Detected } from './detect.ts';

/**
 * Groups what a worker advertises by runtime, each with the definition that the control plane stores where it knows none: the
 * template, or a minimal one from the interpreter's path. What the control plane defines itself has none.
 */
export function offeredRuntimes({
  runtimes,
  templates,
  ownTemplates,
}: Pick<Detected, 'runtimes' | 'templates' | 'ownTemplates'>): OfferedRuntime[] {
  const byName = Map.groupBy(runtimes, ({ name }) => name);
  return [...byName].map(([name, detected]) => {
    const own = findTemplate(ownTemplates, name);
    if (own === undefined && findTemplate(templates, name) !== undefined) return { name, detected };
    return { name, detected, template: own ?? minimalTemplate(name, detected[0]?.path) };
  });
}

/** The template of a runtime, whatever spelling of its name is given. */
export function findTemplate(
  templates: readonly RuntimeDefinition[],
  name: string,
): RuntimeDefinition | undefined {
  const wanted = resolveRuntime(name, aliasesIn(templates));
  return templates.find((template) => canonicalRuntime(template.name) === wanted);
}

function minimalTemplate(name: string, path: string | undefined): RuntimeDefinition {
  return runtimeDefinition.parse({
    ref: `auto.${name}`,
    name,
    execution_config: { interpreter: { binary: path ?? name } },
  });
}
