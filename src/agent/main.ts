import { AttuneError } from '../shared/errors.ts';
import { takeVariables } from '../shared/take-variables.ts';
import { exitCodeOf } from './commands/exit-code.ts';
import { explainError } from './commands/explain-error.ts';
import type { Environment } from './detect/environment.ts';

/**
 * The commands that must answer at once load next to nothing; everything is loaded when it is asked for.
 * @param environment of the container
 * @param supervisor the descriptor of a socket to the supervisor that started us, where one did
 * @returns the exit code; none where another program has been put in our place
 */
async function main(
  argv: readonly string[],
  environment: Environment,
  supervisor: number | undefined,
): Promise<number | void> {
  const [command, ...rest] = asksForHelp(argv) ? ['help'] : argv;
  switch (command) {
    case '--version':
      return print((await import('./commands/version.ts')).versionText({ json: rest.includes('--json') }));
    case 'help':
      return print((await import('./commands/help.ts')).helpText());
    case 'licenses':
      return print((await import('./commands/licenses.ts')).licensesText());
    case 'detect':
    case '--detect-only':
      return print(await (await import('./commands/detect.ts')).detectCommand(rest, environment));
    case 'doctor': {
      const { doctorCommand } = await import('./commands/doctor.ts');
      // What hangs must not keep the process.
      return leave(answer(await doctorCommand(rest, environment, { coloured: isColoured(environment) })));
    }
    case 'health':
      return answer(await (await import('./commands/health.ts')).healthCommand(rest));
    case 'install':
      return report((await import('./commands/install.ts')).installCommand(rest));
    case 'try': {
      const { tryCommand } = await import('./commands/try.ts');
      const { stdin: input, stdout: output, stderr: errors } = process;
      return tryCommand(rest, { environment, onSignal, supervisor, input, output, errors });
    }
    case 'env': {
      const { envCommand } = await import('./commands/env/env.ts');
      const { stdout: output, stderr: errors } = process;
      return envCommand(rest, { environment, onSignal, supervisor, output, errors });
    }
    case 'test': {
      const { testCommand } = await import('./commands/test.ts');
      return testCommand(rest, { environment, onSignal, supervisor, output: process.stdout });
    }
    case 'javascript':
      giveBack(environment);
      return (await import('./runners/javascript.ts')).runJavaScript(rest);
    case 'javascript-install':
      // npm asks for a home, which nobody in an empty image has.
      giveBack({ HOME: '/', ...environment });
      return (await import('./runners/packages/install-packages.ts')).installPackages(rest, environment);
    case 'wasm':
      return (await import('./runners/wasm.ts')).runWasm(rest, environment);
    case undefined:
    default:
      if (command?.startsWith('-') === false) throw unknownCommand(command);
      return leave(
        await (await import('./commands/run.ts')).runCommand(argv, { environment, onSignal, supervisor }),
      );
  }
}

function unknownCommand(name: string): AttuneError {
  return new AttuneError('invalid_arguments', `There is no command ${name}. See attune-agent --help`);
}

/** Wherever it stands, as in `detect --help`, but among the words of another program. */
function asksForHelp([command = '', ...rest]: readonly string[]): boolean {
  return helpFlags.has(command) || (!runners.has(command) && rest.some((word) => helpFlags.has(word)));
}

const helpFlags = new Set(['--help', '-h']);

/** They run what others have written; the supervisor does not start for them (build/stub/start.c). */
const runners = new Set(['javascript', 'javascript-install', 'wasm']);

/** Takes what the supervisor (build/stub/start.c) tells us alone: the descriptor of the socket to it. */
function takeSupervisor(): number | undefined {
  const value = process.env['ATTUNE_AGENT_SUPERVISOR'];
  Reflect.deleteProperty(process.env, 'ATTUNE_AGENT_SUPERVISOR');
  return value === undefined ? undefined : Number(value);
}

/** To a program that runs in our place, and is meant to have them all. */
function giveBack(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) process.env[name] = value;
}

/** TERM, INT, HUP and QUIT all ask for a stop. */
function onSignal(listener: (signal: string) => void): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, listener);
}

/** What a third signal, or a deadline, left behind must not keep the process. The log needs no flushing. */
function leave(code: number): never {
  process.exit(code);
}

/** Whether whoever reads standard output sees colours, and wants them. Source: no-color.org. */
function isColoured(environment: Environment): boolean {
  return process.stdout.isTTY && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}

function answer({ code, text }: { code: number; text: string }): number {
  print(text);
  return code;
}

function report({ text, warnings }: { text: string; warnings: readonly string[] }): number {
  for (const warning of warnings) process.stderr.write(`attune-agent: warning: ${warning}\n`);
  return print(text);
}

function print(text: string): number {
  // A reader that has seen enough, as in `licenses | head`, is no error.
  process.stdout.once('error', () => process.exit(0));
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

/** The executable is one CommonJS file, so there is no await at the top. */
async function start(): Promise<void> {
  try {
    const supervisor = takeSupervisor();
    const code = await main(process.argv.slice(2), takeVariables(process.env), supervisor);
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    process.stderr.write(`attune-agent: ${explainError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

void start();
