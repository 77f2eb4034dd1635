import { Command, CommanderError } from 'commander';
import { buildInfo } from '../shared/build-info.ts';
import type { Context } from './context.ts';
import { exitStatus } from './exit-status.ts';
import { reportError } from './report-error.ts';

/** A command by its summary; its definition is loaded only when it is asked for, so that `attune --help` is quick. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ define(command: Command, context: Context): void | Promise<void> }>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'show Attune at work on this machine, then leave nothing behind',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'server',
    summary: 'run the control plane: API, scheduler, PostgreSQL where none is given',
    load: () => import('./commands/server.ts'),
  },
  {
    name: 'run',
    summary: 'run an action, and follow it if you like',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'execution',
    summary: 'list, show, retry and cancel executions, read their logs',
    load: () => import('./commands/execution.ts'),
  },
  {
    name: 'pack',
    summary: 'make, check, test, register, list and show packs',
    load: () => import('./commands/pack.ts'),
  },
  { name: 'action', summary: 'list and show actions', load: () => import('./commands/action.ts') },
  { name: 'runtime', summary: 'list runtimes', load: () => import('./commands/runtime.ts') },
  {
    name: 'worker',
    summary: 'list, show, cordon and uncordon workers',
    load: () => import('./commands/worker.ts'),
  },
  { name: 'pool', summary: 'list pools of workers', load: () => import('./commands/pool.ts') },
  {
    name: 'key',
    summary: 'store, list and remove secrets for packs',
    load: () => import('./commands/key.ts'),
  },
  { name: 'health', summary: 'ask a server whether it can work', load: () => import('./commands/health.ts') },
  {
    name: 'agent',
    summary: 'sign the agent that others download, and verify it',
    load: () => import('./commands/agent.ts'),
  },
  { name: 'config', summary: 'list every setting', load: () => import('./commands/config.ts') },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
];

/**
 * Runs the command that `words` (argv without the two paths at its front) ask for, and sets the exit status. Never rejects:
 * every error ends as text on `context.errors`.
 */
export async function runProgram(words: readonly string[], context: Context): Promise<void> {
  const program = newProgram(context);
  try {
    const wanted = wantedCommand(words, context);
    for (const entry of commands) {
      const command = program.command(entry.name).description(entry.summary);
      if (entry.name !== wanted && wanted !== 'completion') continue;
      await (await entry.load()).define(command, context);
    }
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      context.setExitStatus(error.exitCode === 0 ? exitStatus.ok : exitStatus.usage);
    else context.setExitStatus(reportError(error, context, words.includes('--json')));
  }
}

/** `attune` with its global options and no command. */
export function newProgram(context: Context): Command {
  return new Command('attune')
    .description('Runs actions in any language on workers made of any container image.')
    .usage('[options] <command>')
    .option('--api-url <url>', 'address of the server (default: ATTUNE_API_URL or http://127.0.0.1:8080)')
    .option('--ca-bundle <file>', 'PEM file of further certificate authorities to trust')
    .option('--json', 'print JSON on standard output')
    .version(buildInfo().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.output.write(text),
      writeErr: (text) => void context.errors.write(text),
    })
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .addHelpText('after', afterHelp);
}

/** The command among the words: also that of `help run` and `--api-url X run`. */
function wantedCommand(words: readonly string[], context: Context): string | undefined {
  const { operands } = newProgram(context).parseOptions([...words]);
  return operands[0] === 'help' ? operands[1] : operands[0];
}

const afterHelp = `
Environment:
  ATTUNE_API_URL           address of the server, where --api-url is not given
  ATTUNE_CA_BUNDLE         PEM file of further certificate authorities to trust, where --ca-bundle is not given
  ATTUNE_API_TOKEN         token for the server; ATTUNE_API_TOKEN_FILE names a file that holds it
  NO_COLOR, FORCE_COLOR    never, or always, print colours

Exit status:
  0  done          1  failed          2  wrong usage          3  no server answers
  "run --follow" hands on the exit code of the action: 124 after a timeout, 130 when cancelled,
  128 + n when signal n ended it

Examples:
  attune demo
  attune server
  attune pack register ./examples/packs/example
  attune run example.statistics --follow
  attune execution list --state failed`;
