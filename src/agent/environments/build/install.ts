import { basename } from 'node:path';
import { AttuneError } from '../../../shared/errors.ts';
import { findInterpreter } from '../../execute/command/interpreter.ts';
import { encodeRecord } from '../../execute/record.ts';
import type { Confinement } from '../../host/confinement.ts';
import type { JobExit, ProcessHost } from '../../host/process-host.ts';
import type { Argv } from '../recipe/fill-command.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { maskedOutput, type Write } from './masked-output.ts';

/** What installers run with. */
export interface InstallParts {
  readonly host: Pick<ProcessHost, 'start'>;
  readonly confinement: Confinement;
  readonly config: {
    /** Seconds for all commands of one environment. */
    readonly environmentTimeout: number;
    readonly graceTime: number;
    readonly outputLimit: number;
  };
}

export interface Installation {
  readonly recipe: Recipe;
  readonly folder: string;
  /** Secrets by the variables that they go into; masked in all that comes out. */
  readonly keys: Readonly<Record<string, string>>;
  /** Takes what there is to read, masked. */
  readonly write: Write;
  readonly signal: AbortSignal;
}

/**
 * Runs the commands that fill an environment's folder.
 * @throws AttuneError `environment_failed` with the installer's last lines, `environment_timeout`; the reason of the signal
 */
export async function install(installation: Installation, parts: InstallParts): Promise<void> {
  const { folder, recipe, signal, write } = installation;
  const deadline = performance.now() + parts.config.environmentTimeout * 1000;
  for (const argv of recipe.commandsIn(folder)) {
    signal.throwIfAborted();
    await write(Buffer.from(`attune: ${describeCommand(argv)}\n`));
    await runCommand(argv, deadline, installation, parts);
  }
}

async function runCommand(
  argv: Argv,
  deadline: number,
  installation: Installation,
  { host, confinement, config }: InstallParts,
): Promise<void> {
  const { folder, keys, recipe, signal } = installation;
  const variables = { ...recipe.variablesIn(folder), ...keys };
  const [program, ...words] = argv;
  const output = maskedOutput(keys, installation.write);
  const job = await host.start(
    {
      argv: [await findProgram(program, variables['PATH'], recipe), ...words],
      environment: variables,
      workingDirectory: recipe.workingDirectory,
      stdin: new Uint8Array(),
      timeoutMilliseconds: Math.max(1, deadline - performance.now()),
      graceMilliseconds: config.graceTime * 1000,
      outputLimit: config.outputLimit,
      confinement,
      record: encodeRecord({ kind: 'installer', environment: recipe.name }),
    },
    output.receive,
  );
  const end = () => job.end('cancelled');
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const exit = await job.exited;
  signal.removeEventListener('abort', end);
  job.release();
  await output.end();
  signal.throwIfAborted();
  assertSuccess(exit, { argv, recipe, last: output.last(), seconds: config.environmentTimeout });
}

/** @throws AttuneError `environment_failed` */
async function findProgram(program: string, path: string | undefined, recipe: Recipe): Promise<string> {
  try {
    return await findInterpreter(program, path);
  } catch (error) {
    throw new AttuneError(
      'environment_failed',
      `${failureOf(recipe)}: ${program} is missing. Add it to the image, or bring what the pack needs along`,
      { cause: error },
    );
  }
}

function failureOf({ name, pack }: Recipe): string {
  return `The environment ${name} of the pack ${pack} could not be built`;
}

interface Ended {
  readonly argv: Argv;
  readonly recipe: Recipe;
  readonly last: string;
  readonly seconds: number;
}

function assertSuccess(exit: JobExit, { argv, recipe, last, seconds }: Ended): void {
  if (exit.cause === 'exited' && exit.exitCode === 0) return;
  const lines = last === '' ? 'it printed nothing' : `its last lines:\n${last}`;
  const what = failureOf(recipe);
  if (exit.cause === 'timeout')
    throw new AttuneError(
      'environment_timeout',
      `${what} within ${seconds} s (ATTUNE_ENVIRONMENT_TIMEOUT): ${basename(argv[0])} was ended; ${lines}`,
    );
  const end = exit.signal === null ? `ended with exit code ${exit.exitCode}` : `was ended by ${exit.signal}`;
  throw new AttuneError('environment_failed', `${what}: ${basename(argv[0])} ${end}; ${lines}`);
}

/** On one line, and no longer than one: scripts are among the words. */
function describeCommand(argv: Argv): string {
  const line = argv.join(' ').replaceAll(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
