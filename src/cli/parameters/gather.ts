import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  jsonObject,
  jsonValue,
  type JsonObject,
  type JsonValue,
  type ParameterSchema,
} from '../../contract/parameter-schema.ts';
import { AttuneError, describeError } from '../../shared/errors.ts';
import { parseAssignments, type Assignment } from './assignment.ts';
import { typed } from './typed.ts';

export interface ParameterSources {
  readonly words: readonly string[];
  /** Path of a JSON or YAML file, `-` for standard input. What `words` say wins over it. */
  readonly file?: string | undefined;
  readonly input: Readable;
}

/**
 * All parameters that were given for an action with this schema.
 * @throws AttuneError `invalid_arguments`
 */
export async function gatherParameters(
  { words, file, input }: ParameterSources,
  schema: ParameterSchema,
): Promise<JsonObject> {
  const assignments = parseAssignments(words);
  const fromFile = file === undefined ? {} : readDocument(file, await readText(file, input));
  const entries = await Promise.all(
    assignments.map(async (assignment) => [assignment.name, await valueOf(assignment, schema)] as const),
  );
  return { ...fromFile, ...Object.fromEntries(entries) };
}

async function valueOf({ name, kind, value }: Assignment, schema: ParameterSchema): Promise<JsonValue> {
  if (kind === 'json') return readJson(name, value);
  const definition = Object.hasOwn(schema, name) ? schema[name] : undefined;
  return typed(kind === 'file' ? await readText(value) : value, definition);
}

function readJson(name: string, value: string): JsonValue {
  try {
    return jsonValue.parse(JSON.parse(value));
  } catch (error) {
    throw wrong(
      `${name}:=${value} is not JSON: ${describeError(error)}. Quote it for the shell, like '${name}:={"a": 1}'.`,
    );
  }
}

async function readText(path: string, input?: Readable): Promise<string> {
  try {
    return path === '-' && input !== undefined ? await text(input) : await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(`${path} can't be read: ${describeError(error)}`);
  }
}

function readDocument(path: string, content: string): JsonObject {
  const source = path === '-' ? 'standard input' : path;
  let document: unknown;
  try {
    // YAML holds all of JSON, so one parser reads both.
    document = parse(content);
  } catch (error) {
    throw wrong(`${source} is neither JSON nor YAML: ${describeError(error)}`);
  }
  const parsed = jsonObject.safeParse(document ?? {});
  if (!parsed.success)
    throw wrong(`${source} must hold parameters by name: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function wrong(message: string): AttuneError {
  return new AttuneError('invalid_arguments', message);
}
