import type { JsonObject, JsonValue, ParameterSchema } from '../../contract/parameter-schema.ts';

/**
 * Attune's flat schema as one JSON Schema (2020-12) for the whole object of parameters. `required: true` of a parameter
 * becomes a place in its object's `required` list, at any depth; `type: any` and `secret` say nothing about the value.
 */
export function toJsonSchema(schema: ParameterSchema): JsonObject {
  return { ...objectOf(schema), type: 'object', additionalProperties: false };
}

function objectOf(members: object): JsonObject {
  const entries = Object.entries(members);
  const required = entries.filter(([, member]) => isRecord(member) && member['required'] === true);
  return {
    properties: Object.fromEntries(entries.map(([name, member]) => [name, convert(member)])),
    required: required.map(([name]) => name),
  };
}

function convert(definition: unknown): JsonValue {
  if (!isRecord(definition)) return definition !== false;
  const { required, secret: _secret, properties, items, type, ...rest } = definition;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- comes from YAML or PostgreSQL's json: it is JSON
  const schema = rest as JsonObject;
  if (type !== undefined && type !== 'any') schema['type'] = plainType(type);
  if (items !== undefined) schema['items'] = convert(items);
  if (isRecord(properties)) {
    const nested = objectOf(properties);
    schema['properties'] = nested['properties'] ?? {};
    schema['required'] = nested['required'] ?? [];
  }
  if (Array.isArray(required)) schema['required'] = [...listOf(schema['required']), ...required.map(String)];
  return schema;
}

/** A list of types that holds `any` excludes nothing. */
function plainType(type: unknown): JsonValue {
  const everything = ['string', 'number', 'boolean', 'object', 'array', 'null'];
  if (!Array.isArray(type)) return String(type);
  return type.includes('any') ? everything : type.map(String);
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
