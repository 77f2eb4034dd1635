import { accessSync, constants, readFileSync } from 'node:fs';
import * as z from 'zod';
import { parse } from 'yaml';
import { plainName } from '../../../contract/names.ts';
import type { Violation } from '../../../contract/problem.ts';
import { commandTemplate } from '../../../contract/runtime.ts';
import { AttuneError, describeError } from '../../../shared/errors.ts';

/** Where an image may say which runtimes it has; the first file that is there counts. */
export const hintFiles = ['/.attune-runtime.yaml', '/opt/attune/.attune-runtime.yaml'] as const;

/** One runtime that the image declares. Only the arguments of `version_command` count: they are given to `interpreter`. */
const hint = z.object({
  name: plainName,
  interpreter: z.string().startsWith('/', 'must be an absolute path'),
  file_extension: z.string().optional(),
  version_command: commandTemplate.default(['--version']),
  env_setup: z
    .object({ create_command: commandTemplate.optional(), install_command: commandTemplate.optional() })
    .optional(),
});
export type Hint = z.infer<typeof hint>;

const document = z.object({ runtimes: z.array(hint) });

/**
 * Reads the first of the hints files that exists; no file means no hints.
 * @throws AttuneError `invalid_hints` that names the file and every field that is wrong
 */
export function readHints(files: readonly string[]): Hint[] {
  for (const file of files) {
    const text = readIfThere(file);
    if (text !== undefined) return parseHints(text, file);
  }
  return [];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw invalid(file, [{ path: '', message: `can't be read: ${describeError(error)}` }], error);
  }
}

function parseHints(text: string, file: string): Hint[] {
  const { data, error } = document.safeParse(parseYaml(text, file));
  if (error !== undefined) {
    const violations = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw invalid(file, violations);
  }
  const missing = data.runtimes.flatMap(({ interpreter }, index) =>
    isExecutable(interpreter) ? [] : [missingInterpreter(interpreter, index)],
  );
  if (missing.length > 0) throw invalid(file, missing);
  return data.runtimes;
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(file, [{ path: '', message: `is not YAML: ${describeError(error)}` }], error);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missingInterpreter(interpreter: string, index: number): Violation {
  return {
    path: `runtimes.${index}.interpreter`,
    message: `names ${interpreter}, which is not there or not executable`,
  };
}

function invalid(file: string, violations: readonly Violation[], cause?: unknown): AttuneError {
  const list = violations.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  return new AttuneError('invalid_hints', `The hints file ${file} is wrong: ${list}`, { violations, cause });
}
