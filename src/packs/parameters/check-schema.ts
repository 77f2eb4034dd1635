import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject, ParameterSchema } from '../../contract/parameter-schema.ts';
import { describeError } from '../../shared/errors.ts';
import { toJsonSchema } from './json-schema.ts';
import { compileParameters } from './validator.ts';

/** A problem of one parameter's definition; `field` leads from the parameter's name inwards. */
export interface SchemaProblem {
  readonly field: readonly string[];
  readonly message: string;
}

/** Finds what would make the schema of an action unusable: broken keywords, patterns, references and defaults. */
export function createSchemaCheck(): (schema: ParameterSchema) => SchemaProblem[] {
  const metaSchema = new Ajv2020({ allErrors: true, strict: false, logger: false });
  const isJsonSchema = metaSchema.getSchema('https://json-schema.org/draft/2020-12/schema');
  return (schema) =>
    Object.entries(schema).flatMap(([name, definition]) => {
      const broken =
        isJsonSchema === undefined ? [] : brokenKeywords(isJsonSchema, name, { [name]: definition });
      return broken.length > 0 ? broken : unusable(name, { [name]: definition });
    });
}

function brokenKeywords(
  isJsonSchema: ValidateFunction,
  name: string,
  schema: ParameterSchema,
): SchemaProblem[] {
  const properties = toJsonSchema(schema)['properties'];
  if (isJsonSchema(memberOf(properties, name))) return [];
  const errors = (isJsonSchema.errors ?? []).filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'if');
  const problems = errors.map(({ instancePath, message }) => ({
    field: [name, ...instancePath.split('/').slice(1)],
    message: message ?? 'is no valid JSON Schema',
  }));
  return problems.filter(
    ({ field }, index) => problems.findIndex((other) => other.field.join('/') === field.join('/')) === index,
  );
}

function unusable(name: string, schema: ParameterSchema): SchemaProblem[] {
  try {
    const validate = compileParameters(schema);
    if (schema[name]?.default === undefined) return [];
    return validate({}).map(({ path, message }) => ({
      field: [name, 'default'],
      message: `${inside(path)}${message}`,
    }));
  } catch (error) {
    return [{ field: [name], message: `is no usable schema: ${describeError(error)}` }];
  }
}

/** `parameters.size.width` → `width `: where inside of the default. */
function inside(path: string): string {
  const inner = path.split('.').slice(2).join('.');
  return inner === '' ? '' : `${inner} `;
}

function memberOf(node: JsonObject[string] | undefined, name: string): unknown {
  return typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined;
}
