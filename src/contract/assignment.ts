import * as z from 'zod';
import { actionDefinition } from './action.ts';
import { jsonObject } from './parameter-schema.ts';
import { packRevision } from './pack.ts';
import { executionConfig, runtimeVersion } from './runtime.ts';

/**
 * All that an agent needs to run one attempt, given to it by the claim. `parameters` are complete (secret ones
 * decrypted); `secrets` names those that must be masked and never delivered by environment. `timeout` in seconds.
 * `runtime` is null where the control plane knows no configuration of that name: the agent then uses its own template.
 */
export const assignment = z.object({
  execution: z.int().positive(),
  epoch: z.int().positive(),
  action: actionDefinition.pick({
    ref: true,
    runner_type: true,
    runtime_version: true,
    entry_point: true,
    parameter_delivery: true,
    parameter_format: true,
    output_format: true,
  }),
  pack: packRevision,
  runtime: z
    .object({
      name: z.string(),
      execution_config: executionConfig,
      versions: z.array(runtimeVersion).optional(),
    })
    .nullable(),
  parameters: jsonObject,
  secrets: z.array(z.string()),
  timeout: z.number().positive(),
});
export type Assignment = z.infer<typeof assignment>;
