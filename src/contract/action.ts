import * as z from 'zod';
import { actionRef } from './names.ts';
import { jsonObject, parameterSchema } from './parameter-schema.ts';
import { retryPolicy } from './retry.ts';

export const parameterDelivery = z.enum(['stdin', 'file', 'env']);
export type ParameterDelivery = z.infer<typeof parameterDelivery>;

export const parameterFormat = z.enum(['json', 'dotenv', 'yaml']);
export type ParameterFormat = z.infer<typeof parameterFormat>;

export const outputFormat = z.enum(['text', 'json', 'yaml', 'jsonl']);
export type OutputFormat = z.infer<typeof outputFormat>;

/** A day and a bit: longer jobs belong into another system. */
const maximumTimeoutSeconds = 7 * 24 * 3600;

/**
 * One action file, `actions/<name>.yaml`. Unknown fields are kept (`looseObject`) and warned about by the loader,
 * because Attune's own packs carry more of them. `timeout` is in seconds.
 */
export const actionDefinition = z.looseObject({
  ref: actionRef,
  label: z.string().max(255).optional(),
  description: z.string().default(''),
  enabled: z.boolean().default(true),
  runner_type: z.string().min(1).max(64).default('shell'),
  runtime_version: z.string().max(128).optional(),
  required_worker_runtimes: z.record(z.string(), z.string()).default({}),
  worker_selector: z.record(z.string(), z.string()).default({}),
  entry_point: z.string().min(1).max(1024),
  parameter_delivery: parameterDelivery.default('stdin'),
  parameter_format: parameterFormat.default('json'),
  output_format: outputFormat.default('text'),
  parameters: parameterSchema.default({}),
  output: jsonObject.optional(),
  timeout: z.number().positive().max(maximumTimeoutSeconds).default(300),
  retry: retryPolicy.optional(),
  tags: z.array(z.string()).default([]),
});
export type ActionDefinition = z.infer<typeof actionDefinition>;
