import { actionDefinition, type ActionDefinition } from '../contract/action.ts';
import { packDefinition, type PackDefinition } from '../contract/pack.ts';
import type { Violation } from '../contract/problem.ts';
import { runtimeDefinition, type RuntimeDefinition } from '../contract/runtime.ts';
import { checkAction } from './check-action.ts';
import { doubleActions, doubleRuntimes } from './check-names.ts';
import { invalidPack, type PackFile } from './pack-files.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';
import { createSchemaCheck } from './parameters/check-schema.ts';

/** A pack that can be registered. */
export interface LoadedPack {
  readonly definition: PackDefinition;
  readonly actions: readonly ActionDefinition[];
  readonly runtimes: readonly RuntimeDefinition[];
  /** What works, yet probably not as its author thinks. */
  readonly warnings: readonly Violation[];
}

/** What the checks of a pack may look at. */
export interface PackContext {
  readonly folder: string;
  readonly files: readonly PackFile[];
  /** Whether some runtime outside of the pack has this name or alias. */
  isKnownRuntime(name: string): boolean;
}

/**
 * Reads `pack.yaml`, `actions/*.yaml` and `runtimes/*.yaml`.
 * @throws AttuneError `invalid_pack` with every problem, each with file, line, column and field
 */
export async function loadPack(context: PackContext): Promise<LoadedPack> {
  const { folder, files } = context;
  if (!files.some((file) => file.path === 'pack.yaml' && file.kind === 'file')) {
    throw invalidPack([
      { path: 'pack.yaml', message: 'is missing: a pack is a folder that holds pack.yaml' },
    ]);
  }
  const pack = await readYamlFile(folder, 'pack.yaml', packDefinition);
  const actions = await Promise.all(
    yamlFilesIn(files, 'actions').map(async (name) => readYamlFile(folder, name, actionDefinition)),
  );
  const runtimes = await Promise.all(
    yamlFilesIn(files, 'runtimes').map(async (name) => readYamlFile(folder, name, runtimeDefinition)),
  );

  const ownRuntimes = runtimes.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const checkSchema = createSchemaCheck();
  const findings = actions.map((file) =>
    checkAction(file, { ...context, checkSchema, ownRuntimes, pack: pack.value?.ref }),
  );
  const violations = [
    ...[pack, ...actions, ...runtimes].flatMap((file) => file.violations),
    ...findings.flatMap((finding) => finding.violations),
    ...doubleActions(actions),
    ...doubleRuntimes(runtimes),
  ];
  if (violations.length > 0 || pack.value === undefined) throw invalidPack(violations);
  return {
    definition: pack.value,
    actions: actions.flatMap(({ value }) => (value === undefined ? [] : [value])),
    runtimes: ownRuntimes,
    warnings: [
      ...[pack, ...actions, ...runtimes].flatMap(unknownFields),
      ...findings.flatMap((finding) => finding.warnings),
    ],
  };
}

function yamlFilesIn(files: readonly PackFile[], folder: string): string[] {
  const pattern = new RegExp(`^${folder}/[^/]+\\.ya?ml$`);
  return files.flatMap((file) => (file.kind !== 'folder' && pattern.test(file.path) ? [file.path] : []));
}

function unknownFields(file: YamlFile<unknown>): Violation[] {
  return file.unknown.map((field) => ({
    path: file.at(field),
    message: `${field}: is not a field that Attune knows here; it is kept and has no effect`,
  }));
}
