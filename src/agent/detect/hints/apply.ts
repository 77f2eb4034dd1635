import {
  runtimeDefinition,
  type ExecutionConfig,
  type RuntimeDefinition,
} from '../../../contract/runtime.ts';
import { aliasesIn, resolveRuntime } from '../../../contract/runtime-aliases.ts';
import { canonicalRuntime } from '../../../contract/runtime-names.ts';
import { anyVersion } from '../version.ts';
import type { Hint } from './read.ts';

/**
 * Puts the runtimes that an image declares into the templates: in the place of those of the same name, or at the end.
 * Several hints of one name are versions of it, the first one its default.
 */
export function applyHints(
  templates: readonly RuntimeDefinition[],
  hints: readonly Hint[],
): RuntimeDefinition[] {
  const byName = new Map(templates.map((template) => [canonicalRuntime(template.name), template]));
  const aliases = aliasesIn(templates);
  const hinted = Map.groupBy(hints, ({ name }) => resolveRuntime(name, aliases));
  for (const [name, group] of hinted) byName.set(name, hintedTemplate(name, group, byName.get(name)));
  return [...byName.values()];
}

function hintedTemplate(
  name: string,
  group: readonly Hint[],
  known: RuntimeDefinition | undefined,
): RuntimeDefinition {
  const [first] = group;
  const config = known?.execution_config ?? { env_vars: {} };
  return runtimeDefinition.parse({
    ...(known ?? { ref: `auto.${name}`, name }),
    distributions: { verification: { commands: group.map(toVerification) } },
    execution_config: first === undefined ? config : withHint(config, first),
  });
}

/** A configuration, whoever wrote it, as the image wants it to be in its containers. */
export function withHint(config: ExecutionConfig, hint: Hint): ExecutionConfig {
  const { interpreter: binary, file_extension: extension, env_setup: setup } = hint;
  const { install_command: install, create_command: create } = setup ?? {};
  return {
    ...config,
    interpreter: {
      args: [],
      ...config.interpreter,
      binary,
      ...(extension === undefined ? {} : { file_extension: extension }),
    },
    environment: setup === undefined ? config.environment : { create_command: create },
    dependencies:
      install === undefined
        ? config.dependencies
        : { lock_files: [], ...config.dependencies, install_command: install },
  };
}

function toVerification({ interpreter, version_command: command }: Hint, priority: number) {
  const [first = '', ...rest] = typeof command === 'string' ? command.trim().split(/\s+/) : command;
  const args = first.startsWith('-') ? [first, ...rest] : rest;
  return { binary: interpreter, args, pattern: anyVersion, priority };
}
