import type { ActionDefinition } from '../contract/action.ts';
import { packOf } from '../contract/names.ts';
import { secretNames, type ParameterSchema } from '../contract/parameter-schema.ts';
import type { Violation } from '../contract/problem.ts';
import { canonicalRuntime } from '../contract/runtime-names.ts';
import type { RuntimeDefinition } from '../contract/runtime.ts';
import { isVersionRange } from '../contract/version-range.ts';
import type { SchemaProblem } from './parameters/check-schema.ts';
import { checkEntryPoint } from './check-entry-point.ts';
import type { PackContext } from './load-pack.ts';
import type { YamlFile } from './yaml-file.ts';

export interface Findings {
  readonly violations: readonly Violation[];
  readonly warnings: readonly Violation[];
}

export interface ActionContext extends PackContext {
  /** The pack's ref, where it has a valid one. */
  readonly pack: string | undefined;
  readonly ownRuntimes: readonly RuntimeDefinition[];
  checkSchema(schema: ParameterSchema): SchemaProblem[];
}

/** What the schema of an action file can't see: names, ranges, the script, the schema of its parameters. */
export function checkAction(file: YamlFile<ActionDefinition>, context: ActionContext): Findings {
  const { value: action, at } = file;
  if (action === undefined) return { violations: [], warnings: [] };
  return {
    violations: [
      ...checkRef(action, context).map((message) => ({ path: at('ref'), message })),
      ...checkEntryPoint(action, context.files).map((message) => ({ path: at('entry_point'), message })),
      ...checkRanges(file, action),
      ...context.checkSchema(action.parameters).map(({ field, message }) => ({
        path: at('parameters', ...field),
        message: `parameters.${field.join('.')}: ${message}`,
      })),
    ],
    warnings: [...warnRuntimes(file, action, context), ...warnSecrets(file, action)],
  };
}

function checkRef({ ref }: ActionDefinition, { pack }: ActionContext): string[] {
  if (pack === undefined || packOf(ref) === pack) return [];
  return [`ref: "${ref}" is not of this pack: call it "${pack}.${ref.slice(ref.lastIndexOf('.') + 1)}"`];
}

function checkRanges({ at }: YamlFile<ActionDefinition>, action: ActionDefinition): Violation[] {
  const ranges = Object.entries(action.required_worker_runtimes).map(
    ([name, range]) => [['required_worker_runtimes', name], range] as const,
  );
  const all = [[['runtime_version'], action.runtime_version ?? '*'] as const, ...ranges];
  return all.flatMap(([field, range]) =>
    !isVersionRange(range)
      ? [
          {
            path: at(...field),
            message: `${field.join('.')}: "${range}" is no version range, like ">=3.10 <4"`,
          },
        ]
      : [],
  );
}

function warnRuntimes(
  { at }: YamlFile<ActionDefinition>,
  action: ActionDefinition,
  context: ActionContext,
): Violation[] {
  const own = new Set(
    context.ownRuntimes.flatMap(({ name, aliases }) => [name, ...aliases].map(canonicalRuntime)),
  );
  const asked = [
    [['runner_type'], action.runner_type] as const,
    ...Object.keys(action.required_worker_runtimes).map(
      (name) => [['required_worker_runtimes', name], name] as const,
    ),
  ];
  return asked
    .filter(([, name]) => !own.has(canonicalRuntime(name)) && !context.isKnownRuntime(name))
    .map(([field, name]) => ({
      path: at(...field),
      message: `${field[0]}: no runtime "${name}" is known yet; executions wait until a worker offers it`,
    }));
}

function warnSecrets({ at }: YamlFile<ActionDefinition>, action: ActionDefinition): Violation[] {
  return secretNames(action.parameters).flatMap((name) => {
    const path = at('parameters', name);
    const warnings: Violation[] = [];
    if (action.parameters[name]?.default !== undefined) {
      warnings.push({
        path,
        message: `parameters.${name}: the default of a secret can be read by everybody`,
      });
    }
    if (action.parameter_delivery === 'env') {
      const message = `parameters.${name}: a secret is never delivered by "env"; use "stdin" or "file"`;
      warnings.push({ path, message });
    }
    return warnings;
  });
}
