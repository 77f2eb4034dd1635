import { actionDefinition, type ActionDefinition } from '../contract/action.ts';
import { packDefinition, type PackDefinition } from '../contract/pack.ts';
import type { Violation } from '../contract/problem.ts';
import { runtimeDefinition, type RuntimeDefinition } from '../contract/runtime.ts';
import { checkAction } from './check-action.ts';
import { doubleActions, doubleRuntimes } from './check-names.ts';
import { invalidPack, yamlFilesIn, type PackFile } from './pack-files.ts';
import { isWorkflow, warnForeign, warnWorkflow } from './not-run.ts';
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

/** A pack as far as it could be read, beside everything that is wrong with it. */
export interface ExaminedPack extends Omit<LoadedPack, 'definition'> {
  /** Absent where pack.yaml has problems. */
  readonly definition: PackDefinition | undefined;
  /** What keeps it from being registered, each with file, line, column and field. */
  readonly violations: readonly Violation[];
}

/**
 * Reads `pack.yaml`, `actions/*.yaml` and `runtimes/*.yaml`.
 * @throws AttuneError `invalid_pack` with every problem, each with file, line, column and field
 */
export async function loadPack(context: PackContext): Promise<LoadedPack> {
  const { definition, violations, ...rest } = await examinePack(context);
  if (violations.length > 0 || definition === undefined) throw invalidPack(violations);
  return { definition, ...rest };
}

/** Reads the same, and tells of problems instead of refusing them. */
export async function examinePack(context: PackContext): Promise<ExaminedPack> {
  const { folder, files } = context;
  const pack = await readYamlFile(folder, 'pack.yaml', packDefinition);
  const actionFiles = await Promise.all(
    yamlFilesIn(files, 'actions').map(async (name) => readYamlFile(folder, name, actionDefinition)),
  );
  const actions = actionFiles.filter((file) => !isWorkflow(file));
  const runtimes = await Promise.all(
    yamlFilesIn(files, 'runtimes').map(async (name) => readYamlFile(folder, name, runtimeDefinition)),
  );

  const legible = actions.map(asFarAsLegible);
  const ownRuntimes = runtimes.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const checkSchema = createSchemaCheck();
  const findings = legible.map((file) =>
    checkAction(file, { ...context, checkSchema, ownRuntimes, pack: pack.value?.ref }),
  );
  const read = [pack, ...actions, ...runtimes];
  return {
    definition: pack.value,
    actions: actions.flatMap(({ value }) => (value === undefined ? [] : [value])),
    runtimes: ownRuntimes,
    violations: [
      ...read.flatMap((file) => file.violations),
      ...findings.flatMap((finding) => finding.violations),
      ...doubleActions(legible),
      ...doubleRuntimes(runtimes),
    ],
    warnings: [
      ...read.flatMap(unknownFields),
      ...findings.flatMap((finding) => finding.warnings),
      ...actionFiles.filter(isWorkflow).map(warnWorkflow),
      ...warnForeign(files),
    ],
  };
}

/** One field that is wrong does not hide what else is. */
function asFarAsLegible<Value>(file: YamlFile<Value>): YamlFile<Value> {
  return file.rest === undefined ? file : { ...file, value: file.rest };
}

function unknownFields(file: YamlFile<unknown>): Violation[] {
  return file.unknown.map((field) => ({
    path: file.at(field),
    message: `${field}: is not a field that Attune knows here; it is kept and has no effect`,
  }));
}
