import * as z from 'zod';
import { plainName } from './names.ts';

/**
 * A command: an argv list, or one string that `sh -c` runs. Placeholders such as `{env_dir}` are filled in later. A word that is
 * `{agent}` alone stands for all words of the agent's own command.
 */
export const commandTemplate = z.union([z.string().min(1), z.array(z.string()).min(1)]);

/** A regular expression as text. */
export const regularExpression = z.string().refine(isRegularExpression, 'must be a regular expression');

/**
 * How one probe tells that an interpreter is there, and which version it has. `binary` is looked up on PATH, together with its
 * versioned siblings (`python3.12`), unless it is a path. `input` is what it reads. The first group of `pattern` is the
 * version. `version_file` spares the command where the real executable has such a file beside it: `path` is relative to the
 * executable's folder. Commands of a lower `priority` come first.
 */
export const verificationCommand = z.looseObject({
  binary: z.string().min(1),
  args: z.array(z.string()).default([]),
  input: z.string().optional(),
  exit_code: z.int().default(0),
  pattern: regularExpression.optional(),
  version_file: z.object({ path: z.string().min(1), pattern: regularExpression }).optional(),
  priority: z.int().default(100),
});
export type VerificationCommand = z.infer<typeof verificationCommand>;

const interpreter = z.looseObject({
  binary: z.string().min(1),
  args: z.array(z.string()).default([]),
  file_extension: z.string().optional(),
});

const variableOperation = z.object({
  operation: z.enum(['prepend', 'append', 'set']).default('set'),
  value: z.string(),
  separator: z.string().default(':'),
});

/** The value of a variable, or what is done to it, one after the other. */
const environmentVariable = z.union([z.string(), variableOperation, z.array(variableOperation)]);

/**
 * What a pack's manifest asks for is installed by `install_command`, run in the pack's folder, which may be read-only, into
 * `{env_dir}` alone. The manifest and the `lock_files`, in the same folder, are the files that decide what an environment holds.
 * `installer` names for people who installs.
 */
const dependencies = z.looseObject({
  manifest_file: z.string().optional(),
  lock_files: z.array(z.string()).default([]),
  installer: z.string().optional(),
  install_command: commandTemplate.optional(),
});

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
  dependencies: dependencies.optional(),
  env_vars: z.record(z.string(), environmentVariable).default({}),
});
export type ExecutionConfig = z.infer<typeof executionConfig>;

/** Differences of one version: a whole `execution_config` of its own. `3.12` stands for every 3.12.x. */
export const runtimeVersion = z.looseObject({
  version: z.string('must be text: put the version in quotes, because YAML reads 3.10 as the number 3.1'),
  execution_config: executionConfig.optional(),
});
export type RuntimeVersion = z.infer<typeof runtimeVersion>;

/**
 * How workers find out whether they have a runtime. `always_available`: it needs no interpreter. `agent_version`: it is a part of
 * the agent itself, and this is the part whose version it has.
 */
const verification = z.looseObject({
  always_available: z.boolean().default(false),
  agent_version: z.enum(['node']).optional(),
  commands: z.array(verificationCommand).default([]),
});

/** One runtime file, `runtimes/<name>.yaml`, of the product itself or of a pack. */
export const runtimeDefinition = z.looseObject({
  ref: z.string().min(1).max(255),
  name: plainName,
  label: z.string().optional(),
  description: z.string().default(''),
  aliases: z.array(z.string()).default([]),
  distributions: z.looseObject({ verification: verification.optional() }).default({}),
  execution_config: executionConfig.default({ env_vars: {} }),
  versions: z.array(runtimeVersion).default([]),
});
export type RuntimeDefinition = z.infer<typeof runtimeDefinition>;

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
