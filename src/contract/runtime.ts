import * as z from 'zod';
import { plainName } from './names.ts';

/** A command: an argv list, or one string that `sh -c` runs. Templates such as `{env_dir}` are filled in later. */
export const commandTemplate = z.union([z.string().min(1), z.array(z.string()).min(1)]);

/** How one probe tells that an interpreter is there, and which version it has. */
export const verificationCommand = z.object({
  binary: z.string().min(1),
  args: z.array(z.string()).default([]),
  exit_code: z.int().default(0),
  pattern: z.string().optional(),
  priority: z.int().default(100),
});
export type VerificationCommand = z.infer<typeof verificationCommand>;

const interpreter = z.looseObject({
  binary: z.string().min(1),
  args: z.array(z.string()).default([]),
  file_extension: z.string().optional(),
});

const environmentVariable = z.union([
  z.string(),
  z.object({
    operation: z.enum(['prepend', 'append', 'set']).default('set'),
    value: z.string(),
    separator: z.string().default(':'),
  }),
]);

/** Everything that running an action needs to know of its runtime. The seed's shorter spelling is accepted as well. */
export const executionConfig = z.looseObject({
  interpreter: interpreter.optional(),
  environment: z
    .looseObject({
      env_type: z.string().optional(),
      dir_name: z.string().optional(),
      create_command: commandTemplate.optional(),
      interpreter_path: z.string().optional(),
      install_command: commandTemplate.optional(),
      dependency_file: z.string().optional(),
    })
    .optional(),
  dependencies: z
    .looseObject({ manifest_file: z.string().optional(), install_command: commandTemplate.optional() })
    .optional(),
  env_vars: z.record(z.string(), environmentVariable).default({}),
});
export type ExecutionConfig = z.infer<typeof executionConfig>;

/** One runtime file, `runtimes/<name>.yaml`, of the product itself or of a pack. */
export const runtimeDefinition = z.looseObject({
  ref: z.string().min(1).max(255),
  name: plainName,
  label: z.string().optional(),
  description: z.string().default(''),
  aliases: z.array(z.string()).default([]),
  distributions: z
    .looseObject({
      verification: z.looseObject({ commands: z.array(verificationCommand).default([]) }).optional(),
    })
    .default({}),
  execution_config: executionConfig.default({ env_vars: {} }),
  versions: z
    .array(z.looseObject({ version: z.string(), execution_config: executionConfig.optional() }))
    .default([]),
});
export type RuntimeDefinition = z.infer<typeof runtimeDefinition>;
