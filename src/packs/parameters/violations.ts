import type { ErrorObject } from 'ajv';
import type { ParameterSchema } from '../../contract/parameter-schema.ts';
import type { Violation } from '../../contract/problem.ts';

/** More problems than this help nobody. */
const mostViolations = 100;

interface Context {
  readonly schema: ParameterSchema;
  readonly secrets: ReadonlySet<string>;
}

/** ajv's errors in the words of a person who calls an action. No value of a parameter is quoted. */
export function violationsOf(errors: readonly ErrorObject[], context: Context): Violation[] {
  const found = new Map<string, Violation>();
  for (const error of errors) {
    const violation = explain(error, context);
    if (violation !== undefined) found.set(JSON.stringify(violation), violation);
    if (found.size === mostViolations) break;
  }
  return [...found.values()];
}

function explain(error: ErrorObject, { schema, secrets }: Context): Violation | undefined {
  const [name, ...inner] = pointerParts(error.instancePath);
  const inSecret = name !== undefined && secrets.has(name);
  // Keys inside of a secret object may be as secret as its values.
  const path = ['parameters', ...(name === undefined ? [] : [name]), ...(inSecret ? [] : inner)].join('.');
  switch (error.keyword) {
    case 'required':
      return { path: `${path}.${String(error.params['missingProperty'])}`, message: 'is required' };
    case 'additionalProperties':
      if (inSecret) return { path, message: 'holds a key that is not allowed' };
      return {
        path: `${path}.${shorten(String(error.params['additionalProperty']))}`,
        message: name === undefined ? unknownParameter(schema) : 'is not allowed here',
      };
    case 'type':
      return { path, message: `must be ${typeNames(error.params['type'])}` };
    case 'enum':
      return { path, message: `must be one of ${listOf(error.params['allowedValues'])}` };
    case 'const':
      return { path, message: `must be ${JSON.stringify(error.params['allowedValue'])}` };
    default:
      return { path, message: error.message ?? `breaks the rule "${error.keyword}"` };
  }
}

function unknownParameter(schema: ParameterSchema): string {
  const names = Object.keys(schema);
  if (names.length === 0) return 'is unknown: the action takes no parameters';
  return `is unknown; the action takes: ${shorten(names.join(', '), 500)}`;
}

function typeNames(type: unknown): string {
  const names = Array.isArray(type) ? type.map(String) : String(type).split(',');
  return names.join(' or ');
}

function listOf(values: unknown): string {
  if (!Array.isArray(values)) return 'the allowed values';
  return shorten(values.map((value) => JSON.stringify(value)).join(', '), 500);
}

function pointerParts(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function shorten(text: string, most = 100): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
