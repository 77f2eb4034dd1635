import type { Assignment } from '../../../contract/assignment.ts';
import type { DetectedRuntime } from '../../../contract/capability.ts';
import type { RuntimeDefinition } from '../../../contract/runtime.ts';
import type { Configuration } from '../../../shared/config/setting.ts';
import type { Environment } from '../../detect/environment.ts';
import type { agentSettings } from '../../settings.ts';
import { prepareCommand } from './prepare.ts';
import { locateScript } from './script.ts';

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

/** More revisions of actions than any worker runs in turn. */
const mostPrepared = 1000;

/**
 * Makes the function that turns an assignment into a command. What is the same for all executions of one revision of an
 * action is prepared once; where the script is, is looked up each time.
 *
 * The function rejects with an AttuneError that tells the fix: `pack_missing`, `entry_point_missing`, `entry_point_outside_pack`,
 * `entry_point_not_executable`, `runtime_missing`, `runtime_version_missing`, `interpreter_missing`.
 */
export function createCommandResolver(context: CommandContext): (assignment: Assignment) => Promise<Command> {
  const prepared = new Map<string, Command>();
  return async (assignment) => {
    const script = locateScript(context.config.packsDirectory, assignment);
    const revision = JSON.stringify([script, assignment.action, assignment.runtime]);
    let command = prepared.get(revision);
    if (command === undefined) {
      command = await prepareCommand(assignment, script, context);
      if (prepared.size >= mostPrepared) prepared.clear();
      prepared.set(revision, command);
    }
    const environment = { ...command.environment, ATTUNE_EXEC_ID: String(assignment.execution) };
    return { ...command, environment };
  };
}
