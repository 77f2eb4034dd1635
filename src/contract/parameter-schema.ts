import * as z from 'zod';

/** JSON as it travels: parameters, results, labels. */
export const jsonValue = z.json();
export type JsonValue = z.infer<typeof jsonValue>;
export const jsonObject = z.record(z.string(), jsonValue);
export type JsonObject = z.infer<typeof jsonObject>;

const parameterType = z.enum(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null', 'any']);
const types = parameterType.options.join(', ');

/**
 * One parameter of Attune's flat schema. Besides the listed fields it may carry any keyword of JSON Schema
 * (2020-12), which is handed to the validator as it is. `required` as a list is JSON Schema's own keyword for the
 * properties of an object. `secret` anywhere inside makes the whole parameter secret.
 */
export const parameterDefinition = z.looseObject({
  type: z
    .union([parameterType, z.array(parameterType).min(1)], `must be ${types}, or a list of these`)
    .optional(),
  description: z.string().optional(),
  required: z.union([z.boolean(), z.array(z.string())], 'must be true or false').optional(),
  secret: z.boolean().optional(),
  default: jsonValue.optional(),
  enum: z.array(jsonValue).min(1).optional(),
});
export type ParameterDefinition = z.infer<typeof parameterDefinition>;

const parameterName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]*$/,
    'a parameter name is letters, digits, "_", "." or "-", not starting with a digit',
  )
  .refine((name) => !(name in {}), 'is a name that JavaScript reserves');

/** Attune's flat schema: parameter name → definition. */
export const parameterSchema = z.record(parameterName, parameterDefinition);
export type ParameterSchema = z.infer<typeof parameterSchema>;

/** The names of the parameters that are secret. */
export function secretNames(schema: ParameterSchema): string[] {
  return Object.entries(schema).flatMap(([name, definition]) => (holdsSecret(definition) ? [name] : []));
}

function holdsSecret(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return Reflect.get(node, 'secret') === true || Object.values(node).some(holdsSecret);
}
