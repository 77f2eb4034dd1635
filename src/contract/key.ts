import * as z from 'zod';
import { plainName } from './names.ts';

/** The name of a key, like `company.pypi`. */
export const keyName = plainName;

/** A secret of any kind as text; what is longer than 64 kB belongs into a file. */
export const keyValue = z
  .string()
  .min(1, 'must not be empty')
  .max(65_536, 'must have at most 65536 characters')
  .refine((text) => !text.includes('\0'), 'must not hold a NUL character');

/** Names of environment variables, as every shell takes them. */
const variableName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'must be the name of an environment variable: letters, digits, "_", not starting with a digit',
  );

/** Which stored key the installers of a pack's dependencies get as which environment variable: `{PIP_INDEX_URL: company.pypi}`. */
export const environmentKeys = z.record(variableName, keyName);
