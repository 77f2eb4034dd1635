import type { Assignment } from '../../../contract/assignment.ts';
import type { DetectedRuntime } from '../../../contract/capability.ts';
import type { RuntimeDefinition } from '../../../contract/runtime.ts';
import type { Configuration } from '../../../shared/config/setting.ts';
import type { Environment } from '../../detect/environment.ts';
import type { agentSettings } from '../../settings.ts';
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
  readonly config: Pick<
    Configuration<typeof agentSettings>,
    'packsDirectory' | 'artifactsDirectory' | 'runtimeEnvironmentsDirectory' | 'apiUrl'
  >;
}

/** How to start the process of one attempt. The delivery of its parameters adds to the environment. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** One sentence for each thing that the user should know. */
  readonly warnings: readonly string[];
}

/** What was made of an action, and of what else. */
interface Prepared {
  readonly runtime: Assignment['runtime'];
  readonly script: Script;
  readonly command: Command;
}

/**
 * Makes the function that turns an assignment into a command. What is the same for all executions of one revision of an
 * action is prepared once, as long as their definitions are the very same; where the script is, is looked at each time.
 *
 * The function rejects with an AttuneError that tells the fix: `pack_missing`, `entry_point_missing`, `entry_point_outside_pack`,
 * `entry_point_not_executable`, `runtime_missing`, `runtime_version_missing`, `interpreter_missing`.
 */
export function createCommandResolver(context: CommandContext): (assignment: Assignment) => Promise<Command> {
  const prepared = new WeakMap<Assignment['action'], Prepared>();
  const locateScript = createScriptLocator(context.config.packsDirectory);

  async function prepare(assignment: Assignment): Promise<Command> {
    const { action, runtime } = assignment;
    const script = locateScript(assignment);
    const known = prepared.get(action);
    if (known?.runtime === runtime && known.script === script) return known.command;
    const command = await prepareCommand(assignment, script, context);
    prepared.set(action, { runtime, script, command });
    return command;
  }

  return async (assignment) => {
    const command = await prepare(assignment);
    const environment = { ...command.environment, ATTUNE_EXEC_ID: String(assignment.execution) };
    return { ...command, environment };
  };
}
