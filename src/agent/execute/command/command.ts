import type { Assignment } from '../../../contract/assignment.ts';
import type { DetectedRuntime } from '../../../contract/capability.ts';
import type { RuntimeDefinition } from '../../../contract/runtime.ts';
import type { Configuration } from '../../../shared/config/setting.ts';
import type { Environment } from '../../detect/environment.ts';
import type { Hint } from '../../detect/hints/read.ts';
import type { agentSettings } from '../../settings.ts';
import type { Recipe } from '../../environments/recipe/recipe.ts';
import { marksOf } from '../../environments/recipe/facts.ts';
import type { ProvidedPack } from '../../packs/packs.ts';
import { prepareCommand } from './prepare.ts';
import { createScriptLocator, type Script } from './script.ts';

/** What stays the same for all executions of an agent. */
export interface CommandContext {
  /** Of the container; our own settings in it are not handed on. */
  readonly environment: Environment;
  /** The runtimes that this worker advertises. */
  readonly detected: readonly DetectedRuntime[];
  /** Definitions for runtimes of which the control plane sends none. */
  readonly templates: readonly RuntimeDefinition[];
  /** What the image declares: it knows its interpreters better than any definition. */
  readonly hints: readonly Hint[];
  /** What compiled code depends on, like `x86_64 glibc 2.36`. */
  readonly platform: string;
  readonly config: Pick<
    Configuration<typeof agentSettings>,
    'artifactsDirectory' | 'runtimeEnvironmentsDirectory' | 'apiUrl'
  >;
}

/** How to start the process of one attempt. The delivery of its parameters adds to the environment. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

/** What is known of a command before its environment is there. */
export interface CommandPlan {
  /** Of the environment that the command needs; `undefined` where it needs none. */
  readonly recipe: Recipe | undefined;
  /** @param folder of the environment, where there is one */
  readonly commandIn: (folder: string | undefined) => Command;
}

/** A plan, and the files that it was made from. */
export interface PreparedPlan extends CommandPlan {
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** Turns an assignment into a command. @param pack the files of the assignment's pack */
export type CommandResolver = (assignment: Assignment, pack: ProvidedPack) => Promise<CommandPlan>;

/** What was made of an action, and of what else. */
interface Prepared {
  readonly runtime: Assignment['runtime'];
  readonly script: Script;
  readonly plan: PreparedPlan;
  readonly marks: string;
}

/**
 * Makes the function that turns an assignment into a command, in two steps: its environment comes between. What is the same for all executions of one
 * revision of an action is prepared once, as long as their definitions are the very same and the files that name its dependencies unchanged; where
 * the script is, is looked at each time.
 *
 * The function rejects with an AttuneError that tells the fix: `entry_point_missing`, `entry_point_outside_pack`,
 * `entry_point_not_executable`, `runtime_missing`, `runtime_version_missing`, `interpreter_missing`.
 */
export function createCommandResolver(context: CommandContext): CommandResolver {
  const prepared = new WeakMap<Assignment['action'], Prepared>();
  const locateScript = createScriptLocator();

  async function prepare(assignment: Assignment, pack: ProvidedPack): Promise<CommandPlan> {
    const { action, runtime } = assignment;
    const script = locateScript(assignment, pack);
    const known = prepared.get(action);
    if (known?.runtime === runtime && known.script === script && known.marks === marksOf(known.plan.files))
      return known.plan;
    const plan = await prepareCommand(assignment, script, context);
    prepared.set(action, { runtime, script, plan, marks: marksOf(plan.files) });
    return plan;
  }

  return async (assignment, pack) => {
    const plan = await prepare(assignment, pack);
    return {
      recipe: plan.recipe,
      commandIn(folder) {
        const command = plan.commandIn(folder);
        const environment = { ...command.environment, ATTUNE_EXEC_ID: String(assignment.execution) };
        return { ...command, environment };
      },
    };
  };
}
