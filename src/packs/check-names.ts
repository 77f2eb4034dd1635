import type { ActionDefinition } from '../contract/action.ts';
import type { Violation } from '../contract/problem.ts';
import type { RuntimeDefinition } from '../contract/runtime.ts';
import type { YamlFile } from './yaml-file.ts';

/** Actions of one pack whose refs stand in two files. */
export function doubleActions(files: readonly YamlFile<ActionDefinition>[]): Violation[] {
  return doubles(files, 'ref');
}

/** Runtimes of one pack whose refs or names stand in two files. */
export function doubleRuntimes(files: readonly YamlFile<RuntimeDefinition>[]): Violation[] {
  return [...doubles(files, 'ref'), ...doubles(files, 'name')];
}

function doubles<Field extends string>(
  files: readonly YamlFile<Readonly<Record<Field, string>>>[],
  field: Field,
): Violation[] {
  const first = new Map<string, string>();
  return files.flatMap((file) => {
    if (file.value === undefined) return [];
    const value = file.value[field];
    const other = first.get(value);
    if (other === undefined) first.set(value, file.at(field));
    return other === undefined
      ? []
      : [{ path: file.at(field), message: `${field}: "${value}" is already that of ${other}` }];
  });
}
