import type { JsonObject } from '../../../contract/parameter-schema.ts';
import { plainText } from './plain-text.ts';
import { undeliverable } from './undeliverable.ts';

/** Bytes that Linux allows one variable, its name and end included. Source: MAX_ARG_STRLEN, 32 pages of 4 KiB. */
const largestVariable = 128 * 1024;

/**
 * Parameters as variables: `ATTUNE_PARAM_` and the name in upper case, `.` and `-` as `_`. Strings as they are, null as empty, all
 * else as JSON.
 * @throws AttuneError `undeliverable_parameters` for two names that become the same variable, a NUL, or a value over 128 KiB
 */
export function parameterVariables(parameters: JsonObject): Record<string, string> {
  const variables: Record<string, string> = {};
  const origins = new Map<string, string>();
  for (const [name, value] of Object.entries(parameters)) {
    const variable = `ATTUNE_PARAM_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
    const text = plainText(value);
    const other = origins.get(variable);
    if (other !== undefined)
      throw undeliverable(name, `becomes the same variable ${variable} as ${JSON.stringify(other)}`, means);
    if (text.includes('\0')) throw undeliverable(name, 'holds a NUL character', means);
    if (Buffer.byteLength(text) + variable.length + 2 > largestVariable)
      throw undeliverable(name, 'is larger than 128 KiB', means);
    origins.set(variable, name);
    variables[variable] = text;
  }
  return variables;
}

const means = 'a variable';
