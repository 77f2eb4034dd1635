import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Violation } from '../../contract/problem.ts';
import { AttuneError, describeError } from '../errors.ts';
import { flagOf, variableOf, type Configuration, type Setting, type Settings } from './setting.ts';

export interface Sources {
  /** Flag values by flag (`--worker-name`). They win over everything. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Path of a YAML file. It loses against flags and variables. */
  readonly file?: string | undefined;
}

interface Found {
  readonly value: unknown;
  /** What to name in an error: the flag, the variable or the file's key. */
  readonly origin: string;
}

/**
 * Reads every setting from flags, environment and file, in this order of precedence; an empty value counts as absent.
 * @throws AttuneError `invalid_configuration` that names every wrong setting at once, by the place it came from.
 */
export function readConfiguration<S extends Settings>(settings: S, sources: Sources): Configuration<S> {
  const document = sources.file === undefined ? {} : readDocument(sources.file);
  const violations: Violation[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const found = find(setting, sources, document);
    const parsed = setting.schema.safeParse(found?.value);
    if (parsed.success) values[name] = parsed.data;
    else
      violations.push({
        path: found?.origin ?? variableOf(setting),
        message: explain(found, parsed.error.issues),
      });
  }
  if (violations.length > 0) throw invalid(violations);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was parsed by the schema its type comes from
  return values as Configuration<S>;
}

/**
 * Names of variables in our own two-underscore style that no setting knows, although their section is one of ours: most
 * likely typing errors. Other sections belong to the other programs that share an environment.
 */
export function unknownVariables(settings: Settings, environment: Sources['environment'] = {}): string[] {
  const known = new Set(Object.values(settings).map(variableOf));
  const sections = new Set([...known].map(sectionOf));
  return Object.keys(environment).filter(
    (name) =>
      name.startsWith('ATTUNE__') &&
      sections.has(sectionOf(name)) &&
      !known.has(name) &&
      !known.has(name.replace(/_FILE$/, '')),
  );
}

function sectionOf(variable: string): string | undefined {
  return variable.split('__')[1];
}

function find(setting: Setting, sources: Sources, document: unknown): Found | undefined {
  const flag = flagOf(setting);
  const fromFlag = sources.flags?.[flag];
  if (fromFlag !== undefined) return { value: fromFlag, origin: flag };
  const variable = variableOf(setting);
  const fromVariable = sources.environment?.[variable];
  if (fromVariable !== undefined && fromVariable !== '') return { value: fromVariable, origin: variable };
  const file = sources.environment?.[`${variable}_FILE`];
  if (file !== undefined && file !== '')
    return { value: readValue(file, `${variable}_FILE`), origin: `${variable}_FILE` };
  const fromFile = setting.key.split('.').reduce(member, document);
  return fromFile === undefined || fromFile === null
    ? undefined
    : { value: fromFile, origin: `${sources.file}: ${setting.key}` };
}

function member(node: unknown, name: string): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined;
}

function explain(found: Found | undefined, issues: readonly { readonly message: string }[]): string {
  if (found === undefined) return 'is required';
  return [...new Set(issues.map((issue) => issue.message))].join('; ');
}

function invalid(violations: readonly Violation[]): AttuneError {
  const lines = violations.map(({ path, message }) => `${path} ${message}`);
  return new AttuneError('invalid_configuration', `The configuration is wrong: ${lines.join('; ')}`, {
    violations,
  });
}

function readValue(path: string, origin: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (error) {
    throw invalid([{ path: origin, message: `names a file that can't be read: ${describeError(error)}` }]);
  }
}

function readDocument(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid([{ path, message: `can't be read as YAML: ${describeError(error)}` }]);
  }
}
