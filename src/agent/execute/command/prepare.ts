import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Assignment } from '../../../contract/assignment.ts';
import type { DetectedRuntime } from '../../../contract/capability.ts';
import type { ExecutionConfig, RuntimeDefinition } from '../../../contract/runtime.ts';
import { canonicalRuntime } from '../../../contract/runtime-names.ts';
import { inVersionRange } from '../../../contract/version-range.ts';
import { AttuneError } from '../../../shared/errors.ts';
import { containerEnvironment, usualPath } from '../../detect/environment.ts';
import { withHint } from '../../detect/hints/apply.ts';
import type { Hint } from '../../detect/hints/read.ts';
import { findTemplate } from '../../detect/offered.ts';
import { findDependencyFiles } from '../../environments/recipe/dependency-files.ts';
import { interpreterIn, writeRecipe } from '../../environments/recipe/recipe.ts';
import { agentCommand } from '../../runners/agent-command.ts';
import type { Command, CommandContext, PreparedPlan } from './command.ts';
import { chooseRuntime, findInterpreter, isExecutable } from './interpreter.ts';
import { agentWord, fillWords, type Placeholders } from './placeholders.ts';
import type { Script } from './script.ts';
import { applyVariables } from './variables.ts';

/** How to make the command of an action, without what differs from execution to execution. */
export async function prepareCommand(
  assignment: Assignment,
  script: Script,
  context: CommandContext,
): Promise<PreparedPlan> {
  const { action, pack } = assignment;
  await assertFile(script, action.ref);
  const { name, version, config, interpreter } = await resolveRuntime(assignment, context);
  if (interpreter === undefined) await assertExecutable(script, action.ref);
  const files = await findDependencyFiles(script.packDirectory, config);
  const placeholders: Placeholders = {
    pack_dir: script.packDirectory,
    action_file: script.path,
    interpreter,
    manifest_path: files[0],
    env_dir: undefined,
  };
  const variables = { PATH: usualPath, ...containerEnvironment(context.environment) };
  const recipe =
    files.length === 0
      ? undefined
      : writeRecipe({
          root: resolve(context.config.runtimeEnvironmentsDirectory),
          pack: pack.ref,
          runtime: name,
          version,
          config,
          placeholders,
          files,
          variables,
          workingDirectory: script.packDirectory,
          platform: context.platform,
        });
  const documented = documentedVariables(assignment, script, context);
  return {
    recipe,
    files: recipe === undefined || interpreter === undefined ? files : [...files, interpreter],
    commandIn: rememberLast((folder) =>
      fillCommand(folder, { config, documented, placeholders, script, variables }),
    ),
  };
}

/** What a command is made of, but for its environment. */
interface Parts {
  readonly config: ExecutionConfig;
  readonly documented: Readonly<Record<string, string>>;
  readonly placeholders: Placeholders;
  readonly script: Script;
  readonly variables: Readonly<Record<string, string>>;
}

function fillCommand(folder: string | undefined, parts: Parts): Command {
  const { config, documented, script, variables } = parts;
  const own = folder === undefined ? undefined : interpreterIn(folder, config, parts.placeholders);
  const interpreter = own ?? parts.placeholders['interpreter'];
  const placeholders = { ...parts.placeholders, interpreter, env_dir: folder };
  return {
    argv: interpreter === undefined ? [script.path] : [interpreter, ...scriptArguments(config, placeholders)],
    environment: { ...applyVariables(variables, config.env_vars, placeholders), ...documented },
    workingDirectory: script.packDirectory,
  };
}

/** All executions of a revision have the same environment, until it is made anew. */
function rememberLast<Key, Answer>(answer: (key: Key) => Answer): (key: Key) => Answer {
  let last: { readonly key: Key; readonly answer: Answer } | undefined;
  return (key) => {
    if (last?.key !== key || last === undefined) last = { key, answer: answer(key) };
    return last.answer;
  };
}

interface ResolvedRuntime {
  /** Canonical. */
  readonly name: string;
  readonly version: string | undefined;
  readonly config: ExecutionConfig;
  /** Undefined: the script is run as it is. */
  readonly interpreter: string | undefined;
}

/** Needs no interpreter, so every worker has it. */
const native = 'native';

async function resolveRuntime(
  { action, runtime }: Assignment,
  { detected, templates, hints, environment }: CommandContext,
): Promise<ResolvedRuntime> {
  const definition = runtime ?? findTemplate(templates, action.runner_type);
  const name = canonicalRuntime(definition?.name ?? action.runner_type);
  const wanted = { action: action.ref, runtime: name, range: action.runtime_version };
  const chosen: DetectedRuntime = name === native ? { name } : chooseRuntime(detected, wanted);
  const special = definition?.versions?.find(({ version }) => inVersionRange(chosen.version, version));
  const defined = special?.execution_config ?? definition?.execution_config ?? { env_vars: {} };
  const hint = findHint(hints, chosen, templates);
  const config = hint === undefined ? defined : withHint(defined, hint);
  const { version } = chosen;
  if (name === native) return { name, version, config, interpreter: undefined };
  const [binary = name] = fillWords([config.interpreter?.binary ?? name], {});
  const path = chosen.path ?? (await findInterpreter(binary, environment['PATH']));
  return { name, version, config, interpreter: path };
}

function findHint(
  hints: readonly Hint[],
  { name, path }: DetectedRuntime,
  templates: readonly RuntimeDefinition[],
): Hint | undefined {
  return hints.find((hint) => hint.interpreter === path && runtimeNamed(templates, hint.name) === name);
}

function runtimeNamed(templates: readonly RuntimeDefinition[], name: string): string {
  return canonicalRuntime(findTemplate(templates, name)?.name ?? name);
}

/** What follows the interpreter: its own arguments, and the script at the end unless one of them names it. */
function scriptArguments(config: ExecutionConfig, placeholders: Placeholders): string[] {
  const { binary, args = [] } = config.interpreter ?? {};
  const named = args.some((template) => template.includes('{action_file}'));
  const ofAgent = binary === agentWord ? agentCommand().slice(1) : [];
  return [...ofAgent, ...fillWords([...args, ...(named ? [] : ['{action_file}'])], placeholders)];
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
