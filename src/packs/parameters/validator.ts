import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { secretNames, type JsonObject, type ParameterSchema } from '../../contract/parameter-schema.ts';
import type { Violation } from '../../contract/problem.ts';
import { toJsonSchema } from './json-schema.ts';
import { createPatternGuard } from './pattern-guard.ts';
import { violationsOf } from './violations.ts';

/**
 * Fills the defaults into `parameters` and checks them.
 * @returns all problems, `[]` where there is none. Values never appear in them.
 */
export type ParameterValidator = (parameters: JsonObject) => Violation[];

/** An object of parameters beyond this many characters of JSON is told only its first problem. */
const explainedCharacters = 256 * 1024;

/**
 * Compiles the flat schema of an action.
 * @throws Error where the schema is no valid JSON Schema
 */
export function compileParameters(schema: ParameterSchema): ParameterValidator {
  const jsonSchema = toJsonSchema(schema);
  const secrets = new Set(secretNames(schema));
  const accepts = guardPatterns(jsonSchema, compile(jsonSchema, { allErrors: false }));
  // Finding all errors costs an object each: it is done for refused parameters alone, and not for huge ones.
  let findAll: Check | undefined;

  return (parameters) => {
    const first = accepts(parameters);
    if (first.length === 0) return [];
    if (JSON.stringify(parameters).length > explainedCharacters)
      return violationsOf(first, { schema, secrets });
    findAll ??= guardPatterns(jsonSchema, compile(jsonSchema, { allErrors: true }));
    return violationsOf(findAll(parameters), { schema, secrets });
  };
}

type Check = (parameters: JsonObject) => readonly ErrorObject[];

function guardPatterns(jsonSchema: JsonObject, validate: ValidateFunction): Check {
  const check: Check = (parameters) => (validate(parameters) ? [] : (validate.errors ?? []));
  if (!JSON.stringify(jsonSchema).includes('"pattern')) return check;
  const guard = createPatternGuard();
  return (parameters) => guard(() => check(parameters)) ?? [tooSlow];
}

const tooSlow: ErrorObject = {
  keyword: 'pattern',
  instancePath: '',
  schemaPath: '#',
  params: {},
  message: "can't be matched against the patterns of this action in time: shorten the text",
};

function compile(schema: JsonObject, { allErrors }: { readonly allErrors: boolean }): ValidateFunction {
  return new Ajv2020({
    allErrors,
    strict: false,
    useDefaults: true,
    validateFormats: false,
    validateSchema: false,
    meta: false,
    logger: false,
    code: { regExp: tolerantPattern },
  }).compile(schema);
}

/** Patterns written for other languages often hold escapes that the `u` flag refuses. */
function tolerantPattern(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern);
  }
}
// What ajv would write into stand-alone code, which is never made here.
tolerantPattern.code = 'new RegExp';
