import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod';
import type { Violation } from '../contract/problem.ts';
import { describeError } from '../shared/errors.ts';
import { countAliases, doubleKeys, offsetOf, placeOf } from './yaml-position.ts';

/** A file of a pack as it was read. */
export interface YamlFile<Value> {
  /** Path inside of the pack. */
  readonly name: string;
  /** What the file says, whatever its schema; absent where that can't be read. */
  readonly document?: unknown;
  /** Absent where there are violations. */
  readonly value?: Value;
  /** Where there are violations: the value without the fields that have them, if these can be missing. More may be wrong with it. */
  readonly rest?: Value | undefined;
  readonly violations: readonly Violation[];
  /** Fields at the top that the schema does not know; the first ones, where there are many. */
  readonly unknown: readonly string[];
  /** `actions/x.yaml:3:5`: where a field stands; its parent's place where it is absent. */
  readonly at: (...field: readonly PropertyKey[]) => string;
}

/** Definitions are written by people; a larger one would hold up the server while it is parsed. */
const mostBytes = 256 * 1024;

/** More findings of one kind in one file than this help nobody, and finding the place of each takes time. */
const mostFindings = 50;

/** More aliases, or what they multiply to, are an attack ("billion laughs"); resolving them takes the square of their number. */
const mostAliases = 100;

/** Reads one YAML file of a pack and checks it against its schema. Never throws for what the file holds. */
export async function readYamlFile<Schema extends z.ZodType>(
  folder: string,
  name: string,
  schema: Schema,
): Promise<YamlFile<z.output<Schema>>> {
  const lines = new LineCounter();
  let at: YamlFile<never>['at'] = () => name;
  try {
    const text = await readText(path.join(folder, name));
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      merge: true,
    });
    at = (...field) => placeOf(name, offsetOf(document, field), lines);
    const faults = syntaxFaults(document);
    if (faults.length > 0) {
      return refused(
        name,
        faults.map(({ offset, message }) => ({ path: placeOf(name, offset, lines), message })),
        at,
      );
    }
    return checked({ name, at, schema, value: document.toJS({ maxAliasCount: mostAliases }) });
  } catch (error) {
    return refused(name, [{ path: name, message: explain(error) }], at);
  }
}

async function readText(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > mostBytes) throw new Error(`is larger than ${mostBytes} bytes`);
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
}

function syntaxFaults(document: Document.Parsed): { readonly offset: number; readonly message: string }[] {
  if (document.errors.length > 0) {
    const errors = document.errors.slice(0, mostFindings);
    return errors.map(({ code, message, pos }) => ({
      offset: pos[0],
      message: code === 'RESOURCE_EXHAUSTION' ? tooDeep : firstLine(message),
    }));
  }
  if (countAliases(document) > mostAliases) {
    return [{ offset: 0, message: `has more than ${mostAliases} aliases: write out what they stand for` }];
  }
  const doubles = doubleKeys(document).slice(0, mostFindings);
  return doubles.map(({ key, offset }) => ({ offset, message: `${key}: stands here twice` }));
}

function explain(error: unknown): string {
  if (error instanceof RangeError) return tooDeep;
  if (error instanceof TypeError) return 'is not UTF-8 text: save it as UTF-8';
  return firstLine(describeError(error));
}

const tooDeep = 'is nested too deeply';

interface Parsed<Schema> extends Pick<YamlFile<never>, 'name' | 'at'> {
  readonly schema: Schema;
  readonly value: unknown;
}

function checked<Schema extends z.ZodType>(parsed: Parsed<Schema>): YamlFile<z.output<Schema>> {
  const { name, at, schema } = parsed;
  const result = schema.safeParse(parsed.value);
  if (result.success) {
    const unknown = unknownFields(schema, result.data).slice(0, mostFindings);
    return { name, document: parsed.value, value: result.data, violations: [], unknown, at };
  }
  const issues = result.error.issues.slice(0, mostFindings);
  const violations = issues.map(({ path: field, message }) => ({
    path: at(...field),
    message: `${nameOf(field)}${message}`,
  }));
  const faulty = new Set(issues.map(({ path: [field] }) => field));
  const unknown = unknownFields(schema, parsed.value).slice(0, mostFindings);
  const rest = withoutFields(parsed, faulty);
  return { ...refused(name, violations, at), document: parsed.value, unknown, rest };
}

/** What the schema makes of the fields that are not faulty. */
function withoutFields<Schema extends z.ZodType>(
  { schema, value }: Parsed<Schema>,
  faulty: ReadonlySet<PropertyKey | undefined>,
): z.output<Schema> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const sound = Object.entries(value).filter(([field]) => !faulty.has(field));
  return schema.safeParse(Object.fromEntries(sound)).data;
}

/** `retry.max_attempts: `. In a file that is a list, the place tells which item is meant. */
function nameOf(field: readonly PropertyKey[]): string {
  const inner = typeof field[0] === 'number' ? field.slice(1) : field;
  return inner.length === 0 ? '' : `${inner.join('.')}: `;
}

function unknownFields(schema: z.ZodType, value: unknown): string[] {
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return [];
  return Object.keys(value).filter((key) => !(key in schema.shape));
}

function refused(name: string, violations: readonly Violation[], at: YamlFile<never>['at']): YamlFile<never> {
  return { name, violations, unknown: [], at };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
