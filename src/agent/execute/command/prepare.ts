import { stat } from 'node:fs/promises';
import type { Assignment } from '../../../contract/assignment.ts';
import type { ExecutionConfig } from '../../../contract/runtime.ts';
import { canonicalRuntime } from '../../../contract/runtime-names.ts';
import { inVersionRange } from '../../../contract/version-range.ts';
import { AttuneError } from '../../../shared/errors.ts';
import { containerEnvironment, usualPath } from '../../detect/environment.ts';
import { findTemplate } from '../../detect/offered.ts';
import type { Command, CommandContext } from './command.ts';
import { chooseRuntime, findInterpreter, isExecutable } from './interpreter.ts';
import { findManifest } from './manifest.ts';
import { fillPlaceholders, type Placeholders } from './placeholders.ts';
import type { Script } from './script.ts';
import { applyVariables } from './variables.ts';

/** The command of an action, without what differs from execution to execution. */
export async function prepareCommand(
  assignment: Assignment,
  script: Script,
  context: CommandContext,
): Promise<Command> {
  const { action } = assignment;
  await assertFile(script, action.ref);
  const { config, interpreter } = await resolveRuntime(assignment, context);
  if (interpreter === undefined) await assertExecutable(script, action.ref);
  const manifest = await findManifest(script.packDirectory, config);
  const placeholders: Placeholders = {
    pack_dir: script.packDirectory,
    action_file: script.path,
    interpreter,
    manifest_path: manifest,
    env_dir: undefined,
  };
  const environment = { PATH: usualPath, ...containerEnvironment(context.environment) };
  return {
    argv: interpreter === undefined ? [script.path] : [interpreter, ...scriptArguments(config, placeholders)],
    environment: {
      ...applyVariables(environment, config.env_vars, placeholders),
      ...documentedVariables(assignment, script, context),
    },
    workingDirectory: script.packDirectory,
    warnings: manifest === undefined ? [] : [manifestWarning(assignment, manifest)],
  };
}

interface ResolvedRuntime {
  readonly config: ExecutionConfig;
  /** Undefined: the script is run as it is. */
  readonly interpreter: string | undefined;
}

/** Needs no interpreter, so every worker has it. */
const native = 'native';

async function resolveRuntime(
  { action, runtime }: Assignment,
  { detected, templates, environment }: CommandContext,
): Promise<ResolvedRuntime> {
  const definition = runtime ?? findTemplate(templates, action.runner_type);
  const name = canonicalRuntime(definition?.name ?? action.runner_type);
  const wanted = { action: action.ref, runtime: name, range: action.runtime_version };
  const chosen = name === native ? { name } : chooseRuntime(detected, wanted);
  const special = definition?.versions?.find(({ version }) => inVersionRange(chosen.version, version));
  const config = special?.execution_config ?? definition?.execution_config ?? { env_vars: {} };
  if (name === native) return { config, interpreter: undefined };
  const path =
    chosen.path ?? (await findInterpreter(config.interpreter?.binary ?? name, environment['PATH']));
  return { config, interpreter: path };
}

/** What follows the interpreter: its own arguments, and the script at the end unless one of them names it. */
function scriptArguments(config: ExecutionConfig, placeholders: Placeholders): string[] {
  const templates = config.interpreter?.args ?? [];
  const named = templates.some((template) => template.includes('{action_file}'));
  return [...templates, ...(named ? [] : ['{action_file}'])].flatMap(
    (template) => fillPlaceholders(template, placeholders) ?? [],
  );
}

/** The variables that an action may rely on, but for its parameters and the number of its execution. */
function documentedVariables(
  { action, pack }: Assignment,
  script: Script,
  { config }: CommandContext,
): Record<string, string> {
  return {
    PWD: script.packDirectory,
    ATTUNE_ACTION: action.ref,
    ATTUNE_PACK_REF: pack.ref,
    ATTUNE_ARTIFACTS_DIR: config.artifactsDirectory,
    ATTUNE_RUNTIME_ENVS_DIR: config.runtimeEnvironmentsDirectory,
    ATTUNE_PARAMETER_DELIVERY: action.parameter_delivery,
    ATTUNE_PARAMETER_FORMAT: action.parameter_format,
    ...(config.apiUrl === undefined ? {} : { ATTUNE_API_URL: config.apiUrl }),
  };
}

async function assertFile({ path }: Script, action: string): Promise<void> {
  if ((await stat(path)).isFile()) return;
  throw new AttuneError('entry_point_missing', `The script of ${action} is not a file: ${path}`);
}

async function assertExecutable({ path }: Script, action: string): Promise<void> {
  if (await isExecutable(path)) return;
  throw new AttuneError(
    'entry_point_not_executable',
    `The script of ${action} is run as it is, but is not executable: chmod +x ${path}`,
  );
}

function manifestWarning({ pack }: Assignment, manifest: string): string {
  return `The pack ${pack.ref} has dependencies in ${manifest}, which are not installed: its actions have only what the container has`;
}
