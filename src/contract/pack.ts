import * as z from 'zod';
import { environmentKeys } from './key.ts';
import { packRef } from './names.ts';
import { jsonObject } from './parameter-schema.ts';

/** `pack.yaml`. Unknown fields are kept and warned about by the loader. `environment_keys` are given to installers of dependencies alone. */
export const packDefinition = z.looseObject({
  ref: packRef,
  label: z.string().max(255).optional(),
  description: z.string().default(''),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/, 'must be a semantic version, like "1.0.0"')
    .default('0.1.0'),
  author: z.string().optional(),
  tags: z.array(z.string()).default([]),
  conf_schema: jsonObject.default({}),
  config: jsonObject.default({}),
  runtime_deps: z.array(z.string()).default([]),
  environment_keys: environmentKeys.default({}),
});
export type PackDefinition = z.infer<typeof packDefinition>;

/** A pack as it was at some time: `digest` tells its files apart from what they were before and after (64 hexadecimal digits). */
export const packRevision = z.object({ ref: z.string(), digest: z.string() });
export type PackRevision = z.infer<typeof packRevision>;
